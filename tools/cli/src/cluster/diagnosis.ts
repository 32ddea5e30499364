/**
 * Why a cluster does not come up, as far as its parts say.
 *
 * 1. A port that somebody else has is no matter of patience: the first failure of that kind is the end.
 * 2. Anything else may be the disorder of a start; three failures in a row are not.
 */
import { execute } from '../execute.ts';
import { isPeerPort } from '../ports.ts';
import { CommandFailure } from '../terminal/failure.ts';
import type { Cluster } from './parts.ts';

export interface Diagnosis {
  /** Undefined while there is hope. */
  hopeless(): Promise<CommandFailure | undefined>;
  /** What to say when time has run out; `part` is the one whose log tells most, if none fails. */
  late(sentence: string, part: string): Promise<CommandFailure>;
}

type DiagnosedCluster = Pick<Cluster, 'state' | 'parts' | 'failures' | 'lastWords'>;

const failuresMax = 3;
const wordsMax = 6;
/** Looking costs a call of the engine. */
const pauseMillis = 500;

export function createDiagnosis(
  cluster: DiagnosedCluster,
  now: () => number = () => performance.now(),
): Diagnosis {
  const { state } = cluster;
  const nameFlag = state.name === 'drydock' ? '' : ` --name ${state.name}`;
  const logsOf = (part: string) => `read what it says: ./drydock logs ${part} --tail 30${nameFlag}`;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const anotherPort = (port: string): string => {
    const purpose = Object.keys(state.localPorts).find(
      (name) => state.localPorts[name] === Number(port),
    );
    return purpose !== undefined && isPeerPort(purpose)
      ? `or begin anew, without what is stored: ./drydock down${nameFlag}, then up again`
      : `or have another port chosen: ./drydock stop${nameFlag}, then up again`;
  };
  const taken = async (part: string, port: string): Promise<CommandFailure> => {
    const holder = state.mode === 'local' ? await holderOf(port) : undefined;
    return new CommandFailure(
      `${part} cannot start: port ${port} is taken${holder === undefined ? '' : ` by ${holder}`}`,
      {
        remedies: [
          ...(holder === undefined ? [`see who has it: ss -ltnp 'sport = :${port}'`] : []),
          `end that, then again: ./drydock up${state.mode === 'local' ? ' --local' : ''}${nameFlag}`,
          anotherPort(port),
        ],
      },
    );
  };

  return {
    hopeless: async () => {
      if (now() - lookedAt < pauseMillis) return undefined;
      lookedAt = now();
      for (const { name, failures } of await cluster.failures()) {
        if (failures === 0) continue;
        const said = recentLines(await cluster.lastWords(name));
        const port = said.map(takenPort).findLast((one) => one !== undefined);
        if (port !== undefined) return taken(name, port);
        if (failures < failuresMax) continue;
        // Runs that fail alike say the same.
        const words = [...new Set(said.map((line) => `    ${readable(line)}`))].slice(-wordsMax);
        return new CommandFailure(
          `${name} failed ${failures} times in a row; its last words:\n${words.join('\n')}`,
          { remedies: [logsOf(name)] },
        );
      }
      return undefined;
    },
    late: async (sentence, part) => {
      const crashing = (await cluster.parts()).filter((one) => one.crashing);
      const names = crashing.map((one) => one.name);
      return new CommandFailure(
        names.length === 0 ? sentence : `${sentence}; ${names.join(', ')} cannot start`,
        {
          remedies: [logsOf(names[0] ?? part), `look at the whole: ./drydock status${nameFlag}`],
        },
      );
    },
  };
}

interface LogLine {
  readonly msg?: string;
  readonly err?: { readonly message?: string };
}

function parseLine(line: string): LogLine | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Of the run that ended last: when the next has begun, it has said little but that it starts. */
function recentLines(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const starts = lines.flatMap((line, index) =>
    parseLine(line)?.msg === 'starting' ? [index] : [],
  );
  return lines
    .slice(starts.length < 2 ? 0 : starts.at(-2)!)
    .filter((line) => parseLine(line)?.msg !== 'starting');
}

function takenPort(line: string): string | undefined {
  return /EADDRINUSE: address already in use \S*:(\d+)/.exec(line)?.[1];
}

function readable(line: string): string {
  const parsed = parseLine(line);
  const text =
    parsed === undefined
      ? line
      : [parsed.msg, parsed.err?.message].filter((one) => one !== undefined).join(': ');
  return text.slice(0, 200);
}

/** The program that listens there, as far as this user may see it. */
async function holderOf(port: string): Promise<string | undefined> {
  const { stdout } = await execute('ss', ['-Hltnp', `sport = :${port}`], { timeoutMillis: 2_000 });
  const [, program, pid] = /\(\("([^"]+)",pid=(\d+)/.exec(stdout) ?? [];
  return program === undefined ? undefined : `${program} (pid ${pid})`;
}
