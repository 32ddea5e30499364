/** What a container wanted to be told of its end: its file for last words, or the end of its log. */
import type { Container } from '@drydock/api';
import type { ContainerStatus, RuntimeService } from '../runtime/runtime.ts';
import type { Volumes } from '../volumes/volumes.ts';

const lastLinesMax = 80;
const lastBytesMax = 2048;

export async function lastWordsOf(
  instance: ContainerStatus,
  container: Container | undefined,
  { runtime, volumes }: { readonly runtime: RuntimeService; readonly volumes: Volumes | undefined },
): Promise<string> {
  const { name, attempt, pod } = instance;
  const written = (await volumes?.lastWords(pod.uid, name, attempt)) ?? '';
  const policy = container?.terminationMessagePolicy;
  const fallsBack = policy === 'FallbackToLogsOnError' && instance.exitCode !== 0;
  return written === '' && fallsBack ? lastLines(runtime, instance.id) : written;
}

async function lastLines(runtime: RuntimeService, id: string): Promise<string> {
  const query = {
    follow: false,
    timestamps: false,
    sinceWallTime: undefined,
    tailLines: lastLinesMax,
  };
  let text = '';
  try {
    for await (const chunk of runtime.logs(id, query, new AbortController().signal)) {
      text += Buffer.from(chunk).toString('utf8');
    }
  } catch {
    // Without its log there is nothing to fall back to.
  }
  return text.slice(-lastBytesMax);
}
