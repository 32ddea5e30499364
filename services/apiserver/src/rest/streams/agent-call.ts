/** A call of a node-agent that goes both ways, each pushed back by its reader. */
import { once } from 'node:events';
import { toRpcError, type Method, type RpcError } from '@drydock/rpc';
import { Metadata, type Client } from '@grpc/grpc-js';

export interface AgentCall<Input, Output> {
  /** Resolves when the agent takes more; rejects when the call is over. */
  send(input: Input): Promise<void>;
  /** Nothing more will be sent. */
  end(): void;
  /** The next answer; undefined after the last. @throws RpcError */
  next(): Promise<Output | undefined>;
  cancel(): void;
}

export function openAgentCall<Input, Output>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: Method<Input, Output>,
): AgentCall<Input, Output> {
  const stream = client.makeBidiStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    new Metadata(),
  );
  // The iterator tells of failures; one that comes after the last read has no other listener.
  stream.on('error', () => undefined);
  const over = new AbortController();
  stream.on('status', () => over.abort(new Error('the call is over')));
  const answers = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Output, void>;
  return {
    send: async (input) => {
      over.signal.throwIfAborted();
      if (!stream.write(input)) await once(stream, 'drain', { signal: over.signal });
    },
    end: () => void stream.end(),
    next: async () => {
      try {
        const answer = await answers.next();
        return answer.done === true ? undefined : answer.value;
      } catch (error) {
        throw toRpcError(error);
      }
    },
    cancel: () => stream.cancel(),
  };
}

/** What the agent says before it begins: undefined when it begins. */
export async function refusalOf<Output>(
  call: Pick<AgentCall<unknown, Output>, 'next'>,
): Promise<RpcError | undefined> {
  try {
    await call.next();
    return undefined;
  } catch (error) {
    return toRpcError(error);
  }
}
