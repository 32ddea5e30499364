/** Tolerations, and the effects of the taints that they answer. */
import { invalid, notSupportedInOrder } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { Toleration } from '../../../generated/types.ts';
import { problemsAt } from '../../../metadata.ts';
import { labelValueProblems, qualifiedNameProblems } from '../../../names.ts';

/** In the order in which upstream tells them. */
export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const operators = ['Equal', 'Exists'];

export function validateTolerations(
  tolerations: readonly Toleration[],
  field: string,
): FieldError[] {
  return tolerations.flatMap((toleration, index) => {
    const at = `${field}[${index}]`;
    const { key = '', operator, value = '', effect } = toleration;
    const errors: FieldError[] = [];
    if (key !== '') errors.push(...problemsAt(`${at}.key`, key, qualifiedNameProblems(key)));
    else if (operator !== 'Exists') {
      const why =
        'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${at}.operator`, operator ?? '', why));
    }
    if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const why = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(invalid(`${at}.effect`, effect ?? '', why));
    }
    if (operator === undefined || operator === 'Equal') {
      const problems = labelValueProblems(value);
      if (problems.length > 0) errors.push(invalid(`${at}.operator`, value, problems.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '') {
        const why = "value must be empty when `operator` is 'Exists'";
        errors.push(invalid(`${at}.operator`, value, why));
      }
    } else errors.push(notSupportedInOrder(`${at}.operator`, operator, operators));
    if (effect !== undefined && !taintEffects.includes(effect)) {
      errors.push(notSupportedInOrder(`${at}.effect`, effect, taintEffects));
    }
    return errors;
  });
}
