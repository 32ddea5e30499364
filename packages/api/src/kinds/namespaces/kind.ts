/** Namespace: a scope of names. It ends only when the namespace controller has emptied it. */
import {
  ageColumn,
  allVerbs,
  column,
  defineKind,
  nameColumn,
  statusSubresource,
} from '../../define-kind.ts';
import { invalid } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Namespace } from '../../generated/types.ts';
import { problemsAt, validateStandardFinalizer } from '../../metadata.ts';
import { dns1123LabelProblems, qualifiedNameProblems } from '../../names.ts';
import { age } from '../../time.ts';

const nameLabel = 'kubernetes.io/metadata.name';

/** Through the door of finalizers, upstream tells which of them is wrong. */
export const validateNamespaceFinalizers = (finalizers: readonly string[]): FieldError[] =>
  finalizers.flatMap((finalizer, index) => {
    const field = `spec.finalizers[${index}]`;
    return [
      ...problemsAt(field, finalizer, qualifiedNameProblems(finalizer)),
      ...validateStandardFinalizer(finalizer, field),
    ];
  });

export const namespaces = defineKind<Namespace>({
  kind: 'Namespace',
  resource: 'namespaces',
  description: 'A Namespace is a scope of names: what is in it is deleted with it.',
  shortNames: ['ns'],
  namespaced: false,
  verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
  subresources: [
    statusSubresource({ kind: 'Namespace' }),
    { name: 'finalize', group: '', version: 'v1', kind: 'Namespace', verbs: ['update'] },
  ],
  nameProblems: dns1123LabelProblems,

  setDefaults(object) {
    if (object.metadata.name !== '') {
      object.metadata.labels = { ...object.metadata.labels, [nameLabel]: object.metadata.name };
    }
    object.status.phase ??= 'Active';
  },
  prepareForCreate(object) {
    object.metadata.labels = { ...object.metadata.labels, [nameLabel]: object.metadata.name };
    object.status = { phase: 'Active' };
    const finalizers = object.spec.finalizers ?? [];
    if (!finalizers.includes('kubernetes')) object.spec.finalizers = [...finalizers, 'kubernetes'];
  },
  prepareForUpdate(object, old) {
    object.spec = old.spec;
    object.status = old.status;
  },
  validate: (object) =>
    (object.spec.finalizers ?? []).flatMap((finalizer) => [
      ...problemsAt('spec.finalizers', finalizer, qualifiedNameProblems(finalizer)),
      ...validateStandardFinalizer(finalizer, 'spec.finalizers'),
    ]),
  validateStatusUpdate(object) {
    const { phase } = object.status;
    const isDeleting = object.metadata.deletionTimestamp !== undefined;
    if (isDeleting && phase !== 'Terminating') {
      return [
        invalid(
          'status.Phase',
          phase,
          "may only be 'Terminating' if `deletionTimestamp` is not empty",
        ),
      ];
    }
    if (!isDeleting && phase !== 'Active') {
      return [
        invalid('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty"),
      ];
    }
    return [];
  },

  columns: [
    nameColumn,
    column('Status', 'Active, or Terminating while the namespace is being emptied.'),
    ageColumn,
  ],
  cells: (object, wallTime) => [
    object.metadata.name,
    object.status.phase ?? '',
    age(object.metadata.creationTimestamp, wallTime),
  ],
  fieldSelectors: {
    name: (object) => object.metadata.name,
    'status.phase': (object) => object.status.phase ?? '',
  },
});
