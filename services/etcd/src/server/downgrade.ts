/**
 * Maintenance.Downgrade: the cluster agrees to go one minor version back. What is agreed is replicated
 * and told; members of ours have one version, so nothing else follows from it.
 */
import { DowngradeAction, DowngradeRequest, DowngradeResponse } from '@drydock/proto/etcd';
import type { Failure } from '../mvcc/failure.ts';
import { headerOf, linearize, propose, type MemberCore } from './core.ts';
import type { Answer, UnaryHandler } from './grpc.ts';

/** What the members have agreed on, from which clients see what the cluster can do. */
export const clusterVersion = '3.5.0';
const downgradeTarget = '3.4.0';

const failure = (code: number, text: string): Failure => ({
  kind: 'failure',
  code,
  message: `etcdserver: ${text}`,
});
const wrongFormat = failure(3, 'wrong downgrade target version format');
const invalidTarget = failure(3, 'invalid downgrade target version');
const inProcess = failure(9, 'cluster has a downgrade job in progress');
const noneInFlight = failure(9, 'no inflight downgrade job');
const unknownMethod = failure(2, 'unknown method');

/** Major and minor of `3.4` or `3.4.1` (or `3.4.0-rc.1+meta`), as a cluster's version has them. */
function clusterVersionOf(text: string): string | undefined {
  const match = /^(\d+)\.(\d+)(?:\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)?$/.exec(text);
  return match === null ? undefined : `${Number(match[1])}.${Number(match[2])}.0`;
}

export function createDowngradeHandler(core: MemberCore): UnaryHandler {
  const { state } = core;

  const validate = async (version: string): Promise<Failure | undefined> => {
    const target = clusterVersionOf(version);
    if (target === undefined) return wrongFormat;
    const stale = await linearize(core);
    if (stale !== undefined) return stale;
    if (target !== downgradeTarget) return invalidTarget;
    return state.downgradeTarget === undefined ? undefined : inProcess;
  };

  const agree = async (version: string): Promise<Failure | undefined> => {
    const request = DowngradeRequest.from({ action: DowngradeAction.enable, version });
    const result = await propose(core, 'downgrade', request);
    return result.kind === 'failure' ? result : undefined;
  };

  const cancel = async (): Promise<Failure | undefined> => {
    const stale = await linearize(core);
    if (stale !== undefined) return stale;
    return state.downgradeTarget === undefined ? noneInFlight : agree('');
  };

  return async (bytes): Promise<Answer> => {
    const { action, version } = DowngradeRequest.decode(bytes);
    let refusal: Failure | undefined = unknownMethod;
    if (action === DowngradeAction.validate) refusal = await validate(version);
    else if (action === DowngradeAction.cancel) refusal = await cancel();
    else if (action === DowngradeAction.enable) {
      refusal = (await validate(version)) ?? (await agree(downgradeTarget));
    }
    if (refusal !== undefined) return refusal;
    return DowngradeResponse.encode({ header: headerOf(core), version: clusterVersion });
  };
}
