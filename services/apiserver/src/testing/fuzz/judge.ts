/** What is wrong with an answer, whatever was asked. Pure. */
import type { FuzzAnswer, FuzzOutcome } from './send.ts';
import type { FuzzRequest } from './requests.ts';

const healthPath = /^\/(?:healthz|livez|readyz)(?:[/?]|$)/;
/** The server of the test cannot call node-agents; and upstream's words for a component that is none. */
const wantedFailures = /this server has no certificate for node-agents|Component not found: /;

/** Undefined when nothing is. */
export function problemWith(request: FuzzRequest, outcome: FuzzOutcome): string | undefined {
  if (outcome === 'silence') return 'no answer';
  if (outcome === 'none') return request.manner === 'waits' ? 'cut off' : undefined;
  if (outcome === 'unsent' || outcome === 'refused') return undefined;
  // Of an answer to whoever left, or lied about his body, a part may have come.
  if (request.manner !== 'waits' && outcome.code !== 500) return undefined;
  const { code, contentType, text } = outcome;
  if (request.method === 'HEAD') return text === '' ? undefined : 'an answer to HEAD has a body';
  if (code >= 400) return problemWithRefusal(request, outcome);
  if (contentType.startsWith('application/json')) return problemWithJson(text);
  return undefined;
}

function problemWithRefusal(
  { target }: FuzzRequest,
  { code, contentType, text }: FuzzAnswer,
): string | undefined {
  if (healthPath.test(target)) return undefined;
  if (code === 500 && !wantedFailures.test(text)) return 'the server failed';
  if (contentType === 'packed') return undefined;
  if (code === 404 && contentType.startsWith('text/plain')) return undefined;
  try {
    const status = JSON.parse(text) as Record<string, unknown>;
    const { kind, apiVersion, status: outcome, code: told, message } = status;
    const isStatus = kind === 'Status' && apiVersion === 'v1' && outcome === 'Failure';
    if (!isStatus) return 'the refusal is no Status';
    if (told !== code) return `the Status says ${String(told)}`;
    return typeof message === 'string' && message !== '' ? undefined : 'the Status says nothing';
  } catch {
    return 'the refusal is no JSON';
  }
}

function problemWithJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    // A watch: a line each, the last one perhaps cut.
    const lines = text.split('\n').slice(0, -1);
    for (const line of lines) {
      try {
        JSON.parse(line);
      } catch {
        return `no JSON: ${line.slice(0, 200)}`;
      }
    }
    return undefined;
  }
}
