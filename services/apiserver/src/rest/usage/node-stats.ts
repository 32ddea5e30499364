/**
 * What nodes use, asked of their agents when somebody wants to know.
 *
 * 1. An agent has two samples whenever it is asked, so that this server needs no memory of its own: any
 *    of them gives the same answer, also right after its start.
 * 2. Answers are good for a moment: a crowd of `kubectl top` is one question to each node.
 * 3. A node that does not answer in time is one of which nothing is known.
 */
import { nodeApi, type StatsRequest, type StatsResponse } from '@drydock/proto/node';
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { Method } from '@drydock/rpc';
import { Metadata } from '@grpc/grpc-js';
import type { NodeClient, NodeDialer } from '../node-client.ts';

export interface NodeStats {
  /** Undefined when the node does not answer. */
  of(nodeName: string): Promise<StatsResponse | undefined>;
}

const goodMillis: Millis = 5_000;
/** Real milliseconds: what guards a connection does not scale. */
const answerMillisMax = 5_000;
const questionsMax = 32;

export function createNodeStats({
  dialNode,
  clock,
  log,
}: {
  readonly dialNode: NodeDialer;
  readonly clock: Clock;
  readonly log: Logger;
}): NodeStats {
  const answers = new Map<
    string,
    { readonly at: Millis; readonly stats: Promise<StatsResponse | undefined> }
  >();
  const waiting: (() => void)[] = [];
  let asking = 0;

  const ask = async (nodeName: string): Promise<StatsResponse | undefined> => {
    if (asking >= questionsMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else asking += 1;
    try {
      using node = await dialNode(nodeName);
      return await askAgent(node);
    } catch (error) {
      log.debug({ err: error, node: nodeName }, 'a node does not tell what it uses');
      return undefined;
    } finally {
      // The place goes to whoever waits longest.
      const next = waiting.shift();
      if (next === undefined) asking -= 1;
      else next();
    }
  };

  return {
    of: (nodeName) => {
      const now = clock.now();
      for (const [name, { at }] of answers) if (now - at >= goodMillis) answers.delete(name);
      let answer = answers.get(nodeName);
      if (answer === undefined) {
        answer = { at: now, stats: ask(nodeName) };
        answers.set(nodeName, answer);
      }
      return answer.stats;
    },
  };
}

const method = nodeApi.Stats as unknown as Method<StatsRequest, StatsResponse>;

function askAgent({ client, nodeName }: NodeClient): Promise<StatsResponse> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      { node: nodeName },
      new Metadata(),
      { deadline: Date.now() + answerMillisMax },
      (error, answer) => (error === null ? resolve(answer!) : reject(error)),
    );
  });
}
