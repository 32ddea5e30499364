/** When an Indexed Job has succeeded before all of its indexes have. */
import { invalid, required, tooLong, tooMany } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { JobSpec, SuccessPolicyRule } from '../../../generated/types.ts';
import { goStruct } from '../../../go-literal.ts';
import { utf8Length, validateNotNegative } from '../../../metadata.ts';
import { countIndexes } from './indexes.ts';

const ruleCountMax = 20;
const indexesBytesMax = 64 * 1024;

function validateRule(
  { succeededIndexes, succeededCount }: SuccessPolicyRule,
  completions: number,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (succeededCount === undefined && succeededIndexes === undefined) {
    const why = 'at least one of succeededCount or succeededIndexes must be specified';
    errors.push(required(field, why));
  }
  let indexCount = 0;
  if (succeededIndexes !== undefined) {
    const at = `${field}.succeededIndexes`;
    if (utf8Length(succeededIndexes) > indexesBytesMax) errors.push(tooLong(at, indexesBytesMax));
    const parsed = countIndexes(succeededIndexes, completions);
    if ('problem' in parsed) {
      const why = `error parsing succeededIndexes: ${parsed.problem}`;
      errors.push(invalid(at, succeededIndexes, why));
    } else indexCount = parsed.count;
  }
  if (succeededCount !== undefined) {
    const at = `${field}.succeededCount`;
    const tooHigh = (max: number, what: string) =>
      invalid(at, succeededCount, `must be less than or equal to ${max} (the number of ${what})`);
    errors.push(...validateNotNegative(at, succeededCount));
    if (succeededCount > completions) {
      errors.push(tooHigh(completions, 'specified completions'));
    }
    if (succeededIndexes !== undefined && succeededCount > indexCount) {
      errors.push(tooHigh(indexCount, 'indexes in the specified succeededIndexes field'));
    }
  }
  return errors;
}

export function validateSuccessPolicy(spec: JobSpec, field: string): FieldError[] {
  const { successPolicy, completionMode, completions } = spec;
  if (successPolicy === undefined) return [];
  if (completionMode !== 'Indexed') {
    const why = 'requires indexed completion mode';
    return [invalid(field, goStruct('batch.SuccessPolicy'), why)];
  }
  const { rules } = successPolicy;
  const at = `${field}.rules`;
  const errors: FieldError[] = [];
  if (rules.length === 0) {
    const why = 'at least one rules must be specified when the successPolicy is specified';
    errors.push(required(at, why));
  }
  if (rules.length > ruleCountMax) errors.push(tooMany(at, rules.length, ruleCountMax));
  // An Indexed Job without completions is refused for that already.
  if (completions === undefined) return errors;
  return [
    ...errors,
    ...rules.flatMap((rule, index) => validateRule(rule, completions, `${at}[${index}]`)),
  ];
}
