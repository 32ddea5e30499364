/**
 * What a namespace says while it is emptied, and when it may go (upstream's
 * namespaced_resources_deleter.go and status_condition_utils.go).
 *
 * 1. The `kubernetes` finalizer goes when a consistent list of every kind is empty, not before.
 * 2. The conditions tell what is left, and which finalizers hold it.
 */
import type { KubernetesObject, Namespace, NamespaceCondition, Pod } from '@drydock/api';
import type { Millis } from '@drydock/ports';
import { timestamp, type Moment } from '../moment.plan.ts';

export const kubernetesFinalizer = 'kubernetes';

/** What one kind has left after its deletion was asked for. */
export interface Remainder {
  readonly group: string;
  readonly resource: string;
  readonly objects: readonly KubernetesObject[];
}

export interface Failure {
  readonly resource: string;
  readonly message: string;
}

export interface ContentReport {
  readonly remainders: readonly Remainder[];
  readonly failures: readonly Failure[];
}

export type NamespacePlan =
  | { readonly kind: 'finalize'; readonly status: Namespace['status'] }
  | {
      readonly kind: 'wait';
      readonly status: Namespace['status'];
      readonly isNews: boolean;
      /** Until it is worth looking again; the end of the objects is not watched. */
      readonly lookAgainAfter: Millis;
    };

export function plan(namespace: Namespace, report: ContentReport, moment: Moment): NamespacePlan {
  const remaining = report.remainders.filter(({ objects }) => objects.length > 0);
  const wanted = conditionsFor(remaining, report.failures);
  const old = namespace.status.conditions ?? [];
  const conditions = wanted.map((condition): NamespaceCondition => {
    const before = old.find((one) => one.type === condition.type);
    const isSame =
      before?.status === condition.status &&
      before.reason === condition.reason &&
      before.message === condition.message;
    return isSame ? before : { ...condition, lastTransitionTime: timestamp(moment) };
  });
  const others = old.filter((one) => !conditions.some((condition) => condition.type === one.type));
  const status = { phase: 'Terminating' as const, conditions: [...others, ...conditions] };
  if (remaining.length === 0 && report.failures.length === 0) return { kind: 'finalize', status };
  const isNews =
    namespace.status.phase !== 'Terminating' ||
    conditions.some((condition) => !old.includes(condition));
  return { kind: 'wait', status, isNews, lookAgainAfter: patience(remaining) };
}

/** Half of the longest grace that a pod still has, or a look every eight seconds for other kinds. */
function patience(remaining: readonly Remainder[]): Millis {
  const seconds = remaining.flatMap(({ resource, objects }) =>
    objects.map((object) =>
      resource === 'pods' ? ((object as Pod).metadata.deletionGracePeriodSeconds ?? 0) : 15,
    ),
  );
  return (Math.floor(Math.max(0, ...seconds) / 2) + 1) * 1000;
}

type Wanted = Omit<NamespaceCondition, 'lastTransitionTime'>;

function conditionsFor(remaining: readonly Remainder[], failures: readonly Failure[]): Wanted[] {
  const condition = (
    type: string,
    problem: { readonly reason: string; readonly message: string } | undefined,
    fine: { readonly reason: string; readonly message: string },
  ): Wanted => ({ type, status: problem === undefined ? 'False' : 'True', ...(problem ?? fine) });
  const failure =
    failures.length === 0
      ? undefined
      : {
          reason: 'ContentDeletionFailed',
          message: `Failed to delete all resource types, ${failures.length} remaining: ${failures
            .map(({ message }) => message)
            .join(', ')}`,
        };
  const finalizers = countFinalizers(remaining);
  return [
    condition('NamespaceDeletionDiscoveryFailure', undefined, {
      reason: 'ResourcesDiscovered',
      message: 'All resources successfully discovered',
    }),
    condition('NamespaceDeletionGroupVersionParsingFailure', undefined, {
      reason: 'ParsedGroupVersions',
      message: 'All legacy kube types successfully parsed',
    }),
    condition('NamespaceDeletionContentFailure', failure, {
      reason: 'ContentDeleted',
      message: 'All content successfully deleted, may be waiting on finalization',
    }),
    condition('NamespaceContentRemaining', remainingProblem(remaining), {
      reason: 'ContentRemoved',
      message: 'All content successfully removed',
    }),
    condition('NamespaceFinalizersRemaining', finalizersProblem(finalizers), {
      reason: 'ContentHasNoFinalizers',
      message: 'All content-preserving finalizers finished',
    }),
  ];
}

function remainingProblem(remaining: readonly Remainder[]) {
  if (remaining.length === 0) return undefined;
  const parts = remaining.map(
    ({ group, resource, objects }) =>
      `${resource}.${group} has ${objects.length} resource instances`,
  );
  const message = `Some resources are remaining: ${parts.sort(compareText).join(', ')}`;
  return { reason: 'SomeResourcesRemain', message };
}

function countFinalizers(remaining: readonly Remainder[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { objects } of remaining) {
    for (const object of objects) {
      for (const finalizer of object.metadata.finalizers ?? []) {
        counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
      }
    }
  }
  return counts;
}

function finalizersProblem(counts: ReadonlyMap<string, number>) {
  if (counts.size === 0) return undefined;
  const parts = [...counts].map(
    ([finalizer, count]) => `${finalizer} in ${count} resource instances`,
  );
  const message = `Some content in the namespace has finalizers remaining: ${parts.sort(compareText).join(', ')}`;
  return { reason: 'SomeFinalizersRemain', message };
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
