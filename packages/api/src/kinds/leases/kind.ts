/** Lease: who holds a role or proves to be alive, and until when. */
import { ageColumn, column, defineKind, nameColumn } from '../../define-kind.ts';
import { invalid } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Lease } from '../../generated/types.ts';
import { validateNotNegative } from '../../metadata.ts';
import { age } from '../../time.ts';

export const leases = defineKind<Lease>({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  resource: 'leases',
  description: 'A Lease tells who holds a role, or is alive, and until when.',
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  // Both are behind the feature gate CoordinatedLeaderElection, which is off in 1.32.
  prepareForCreate({ spec }) {
    delete spec.strategy;
    delete spec.preferredHolder;
  },
  prepareForUpdate({ spec }, { spec: old }) {
    if (old.strategy === undefined) delete spec.strategy;
    if (old.preferredHolder === undefined) delete spec.preferredHolder;
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    if (spec.leaseDurationSeconds !== undefined && spec.leaseDurationSeconds <= 0) {
      const field = 'spec.leaseDurationSeconds';
      errors.push(invalid(field, spec.leaseDurationSeconds, 'must be greater than 0'));
    }
    errors.push(...validateNotNegative('spec.leaseTransitions', spec.leaseTransitions));
    return errors;
  },
  columns: [nameColumn, column('Holder', 'Who holds the lease.'), ageColumn],
  cells: (object, wallTime) => [
    object.metadata.name,
    object.spec.holderIdentity ?? '',
    age(object.metadata.creationTimestamp, wallTime),
  ],
});
