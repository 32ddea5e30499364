/** Probes and hooks that answer what a script says, by default that all is well. */
import type { Container } from '@drydock/api';
import type { Clock } from '@drydock/ports';
import type { ProbeAnswer } from '../../pod-lifecycle/probe-state.ts';
import type { Ask } from '../../pod-worker/requests.ts';

export interface PuppetAnswer {
  /** `hang`: it says nothing until its time is over. */
  readonly answer: ProbeAnswer | 'hang';
  readonly output: string;
}

/** By `container/startup`, `container/liveness`, `container/readiness`, `container/postStart`, `container/preStop`. */
export type PuppetAnswers = Map<string, PuppetAnswer>;

export function createPuppetAsk(
  answers: PuppetAnswers,
  { clock, tell }: { readonly clock: Clock; readonly tell: (line: string) => void },
): Ask {
  return async (question, { container }, timeoutMillis) => {
    const kind = kindOf(question, container);
    const { answer, output } = answers.get(`${container.name}/${kind}`) ?? {
      answer: 'success',
      output: '',
    };
    tell(`ask ${container.name} ${kind}: ${answer}`);
    if (answer === 'failure') return { answer, output, exitCode: 1 };
    if (answer !== 'hang') return { answer, output };
    await clock.sleep(timeoutMillis);
    return { answer: 'failure', output: 'command timed out' };
  };
}

function kindOf(question: object, { lifecycle, ...container }: Container): string {
  if (question === container.startupProbe) return 'startup';
  if (question === container.livenessProbe) return 'liveness';
  if (question === container.readinessProbe) return 'readiness';
  return question === lifecycle?.postStart ? 'postStart' : 'preStop';
}
