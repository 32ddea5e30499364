/** ControllerRevision: what a StatefulSet or DaemonSet looked like, to return to. */
import { ageColumn, column, defineKind, nameColumn } from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { invalid, required } from '../../field-error.ts';
import type { ControllerRevision } from '../../generated/types.ts';
import { goStruct } from '../../go-literal.ts';
import { isImmutable, validateNotNegative } from '../../metadata.ts';
import { controllerOf } from '../../owners.ts';
import { age } from '../../time.ts';

/** `statefulset.apps/web`, or `<none>`. */
function controllerCell(revision: ControllerRevision): string {
  const controller = controllerOf(revision);
  if (controller === undefined) return '<none>';
  const [group] = controller.apiVersion.includes('/') ? controller.apiVersion.split('/') : [''];
  const kind = group === '' ? controller.kind : `${controller.kind}.${group}`;
  return `${kind.toLowerCase()}/${controller.name}`;
}

export const controllerRevisions = defineKind<ControllerRevision>({
  group: 'apps',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
  description: 'A ControllerRevision is a snapshot of a workload, and never changes.',
  validate: ({ data, revision }) => [
    ...(data === undefined ? [required('data', 'data is mandatory')] : []),
    ...validateNotNegative('revision', revision),
  ],
  validateUpdate: ({ data }, old) =>
    deepEqual(data, old.data)
      ? []
      : [
          invalid(
            'data',
            data === undefined ? undefined : goStruct('runtime.Unknown'),
            isImmutable,
          ),
        ],
  columns: [
    nameColumn,
    column('Controller', 'The workload that it is a snapshot of.'),
    column('Revision', 'Its place in the history.', { type: 'integer' }),
    ageColumn,
  ],
  cells: (revision, wallTime) => [
    revision.metadata.name,
    controllerCell(revision),
    revision.revision,
    age(revision.metadata.creationTimestamp, wallTime),
  ],
});
