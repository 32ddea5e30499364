/** Volumes that a pod claims must be within reach of its node, those included that it only gets there. */
import type { StorageView } from '../../cache/storage.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';
import { canReachBound, chooseVolumes, claimsOf, type PodClaims } from './choice.ts';

interface State {
  readonly claims: PodClaims;
  readonly storage: StorageView;
}

const rejectionOf = (reason: string): Rejection => ({ reasons: [reason], resolvable: false });
const missing = rejectionOf(
  'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
);
const conflict = rejectionOf('node(s) had volume node affinity conflict');
const unavailable = rejectionOf("node(s) didn't find available persistent volumes to bind");

export const volumeBinding: Plugin<State> = {
  name: 'VolumeBinding',
  weight: 0,
  helpedBy: ['node-added', 'node-changed', 'storage-changed'],
  reject: ({ pod }, { storage }) => claimsOf(pod, storage)?.problem,
  prepare: ({ pod }, { storage }) => {
    const claims = claimsOf(pod, storage);
    return claims === undefined ? 'skip' : { claims, storage };
  },
  filter: (_pod, node, { claims, storage }) => {
    if (claims.isVolumeMissing) return missing;
    if (!canReachBound(claims, node)) return conflict;
    return chooseVolumes(claims, node, storage) === undefined ? unavailable : undefined;
  },
};
