/** LimitRange: what a container, a pod or a claim of a namespace may ask for, and asks for by default. */
import { defineKind } from '../../define-kind.ts';
import type { LimitRange, LimitRangeItem } from '../../generated/types.ts';
import { validateLimits } from './validation.ts';

/** A default limit follows from the maximum, a default request from the limit or the minimum. */
function setItemDefaults(item: LimitRangeItem): void {
  if (item.type !== 'Container') return;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  if (Object.keys(limits).length > 0) item.default = limits;
  if (Object.keys(requests).length > 0) item.defaultRequest = requests;
}

export const limitRanges = defineKind<LimitRange>({
  kind: 'LimitRange',
  resource: 'limitranges',
  description:
    'A LimitRange bounds what the containers, pods and claims of a namespace may ask for, and says what they ask for by default.',
  shortNames: ['limits'],
  allowCreateOnUpdate: true,
  setDefaults({ spec }) {
    spec.limits.forEach(setItemDefaults);
  },
  prepareForCreate({ metadata }) {
    if (metadata.name === '') metadata.name = metadata.uid ?? '';
  },
  validate: ({ spec }) => validateLimits(spec.limits, 'spec.limits'),
});
