/** Label selectors inside specs, in upstream's words. */
import { forbidden, invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { LabelSelector } from '../../generated/types.ts';
import { problemsAt, validateLabels } from '../../metadata.ts';
import { labelValueProblems, qualifiedNameProblems } from '../../names.ts';

export function validateLabelSelector(
  selector: LabelSelector | undefined,
  field: string,
): FieldError[] {
  if (selector === undefined) return [];
  const errors = validateLabels(selector.matchLabels, `${field}.matchLabels`);
  (selector.matchExpressions ?? []).forEach(({ key, operator, values = [] }, index) => {
    const at = `${field}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        const why = "must be specified when `operator` is 'In' or 'NotIn'";
        errors.push(required(`${at}.values`, why));
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
        errors.push(forbidden(`${at}.values`, why));
      }
    } else errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    errors.push(...problemsAt(`${at}.key`, key, qualifiedNameProblems(key)));
    values.forEach((value, valueIndex) => {
      errors.push(...problemsAt(`${at}.values[${valueIndex}]`, value, labelValueProblems(value)));
    });
  });
  return errors;
}

export function isEmptySelector(selector: LabelSelector): boolean {
  return (
    Object.keys(selector.matchLabels ?? {}).length === 0 &&
    (selector.matchExpressions ?? []).length === 0
  );
}
