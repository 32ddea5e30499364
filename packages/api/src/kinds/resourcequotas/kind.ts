/** ResourceQuota: how much a namespace may hold in all. */
import { ageColumn, column, defineKind, nameColumn, statusSubresource } from '../../define-kind.ts';
import type { ResourceQuota } from '../../generated/types.ts';
import { age } from '../../time.ts';
import { validateAmounts, validateQuotaSpec, validateScopesUnchanged } from './validation.ts';

/** `pods: 1/10, requests.cpu: 500m/2`: used and allowed, those that `belongs` picks. */
function usage({ status }: ResourceQuota, belongs: (name: string) => boolean): string {
  const { hard = {}, used = {} } = status;
  return Object.keys(hard)
    .filter(belongs)
    .sort()
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`)
    .join(', ');
}

const isLimit = (name: string) => name.startsWith('limits.');

export const resourceQuotas = defineKind<ResourceQuota>({
  kind: 'ResourceQuota',
  resource: 'resourcequotas',
  description: 'A ResourceQuota bounds what all objects of a namespace may use together.',
  shortNames: ['quota'],
  subresources: [statusSubresource({ kind: 'ResourceQuota' })],
  prepareForCreate(object) {
    object.status = {};
  },
  prepareForUpdate(object, old) {
    object.status = old.status;
  },
  validate: ({ spec }) => validateQuotaSpec(spec, 'spec'),
  validateUpdate: (object, old) => validateScopesUnchanged(object.spec, old.spec, 'spec.scopes'),
  validateStatusUpdate: ({ status }) => [
    ...validateAmounts(status.hard, 'status.hard'),
    ...validateAmounts(status.used, 'status.used'),
  ],
  columns: [
    nameColumn,
    column('Request', 'What is used of each amount, and how much may be, but for limits.'),
    column('Limit', 'The same of what containers are limited to.'),
    ageColumn,
  ],
  cells: (object, wallTime) => [
    object.metadata.name,
    usage(object, (name) => !isLimit(name)),
    usage(object, isLimit),
    age(object.metadata.creationTimestamp, wallTime),
  ],
});
