/** Conditions of the shape that all newer kinds share (metav1.Condition), in upstream's words. */
import { duplicate, invalid, notSupported, required, tooLong } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Condition } from '../../generated/types.ts';
import { problemsAt } from '../../metadata.ts';
import { qualifiedNameProblems } from '../../names.ts';

const statuses = ['False', 'True', 'Unknown'];
const reasonText = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reasonPattern = /^[A-Za-z](?:[A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const reasonWords = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${reasonText}')`;
const reasonBytesMax = 1024;
const messageBytesMax = 32 * 1024;

function validateCondition(condition: Condition, field: string): FieldError[] {
  const { type, status, observedGeneration = 0, lastTransitionTime, reason, message } = condition;
  const errors = problemsAt(`${field}.type`, type, qualifiedNameProblems(type));
  if (!statuses.includes(status)) errors.push(notSupported(`${field}.status`, status, statuses));
  if (observedGeneration < 0) {
    const why = 'must be greater than or equal to zero';
    errors.push(invalid(`${field}.observedGeneration`, observedGeneration, why));
  }
  if (lastTransitionTime === undefined) {
    errors.push(required(`${field}.lastTransitionTime`, 'must be set'));
  }
  if (reason === '') errors.push(required(`${field}.reason`, 'must be set'));
  else if (!reasonPattern.test(reason)) {
    errors.push(invalid(`${field}.reason`, reason, reasonWords));
  }
  if (reason.length > reasonBytesMax) errors.push(tooLong(`${field}.reason`, reasonBytesMax));
  if (message.length > messageBytesMax) errors.push(tooLong(`${field}.message`, messageBytesMax));
  return errors;
}

export function validateConditions(conditions: readonly Condition[], field: string): FieldError[] {
  const seen = new Set<string>();
  return conditions.flatMap((condition, index) => {
    const at = `${field}[${index}]`;
    const isAgain = seen.has(condition.type);
    seen.add(condition.type);
    return [
      ...(isAgain ? [duplicate(`${at}.type`, condition.type)] : []),
      ...validateCondition(condition, at),
    ];
  });
}
