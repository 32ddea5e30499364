/** The names of those who sign certificates: `example.com/signer`. */
import { goQuote, invalid, required, tooLong } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import { dns1123LabelProblems, dns1123SubdomainProblems } from '../../names.ts';

const domainLengthMax = 253;
/** <domain>/<namespace>.<name> */
const lengthMax = domainLengthMax + 1 + 63 + 1 + 253;

/** The parts of a name must be labels; only the first that is not is told. */
function validateParts(
  text: string,
  field: string,
  problemsOf: (part: string) => string[],
): FieldError[] {
  for (const part of text.split('.')) {
    const problems = problemsOf(part);
    if (problems.length === 0) continue;
    return problems.map((why) => invalid(field, text, `validating label ${goQuote(part)}: ${why}`));
  }
  return [];
}

export function validateSignerName(name: string, field: string): FieldError[] {
  if (name === '') return [required(field, 'signerName must be provided')];
  const [domain = '', path, ...more] = name.split('/');
  if (path === undefined || more.length > 0) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [invalid(field, name, why)];
  }
  const errors: FieldError[] = [];
  if (domain.length > domainLengthMax) errors.push(tooLong(field, domainLengthMax));
  errors.push(...validateParts(domain, field, dns1123LabelProblems));
  if (!domain.includes('.')) {
    const why = 'should be a domain with at least two segments separated by dots';
    errors.push(invalid(field, domain, why));
  }
  errors.push(...validateParts(path, field, dns1123SubdomainProblems));
  if (name.length > lengthMax) errors.push(tooLong(field, lengthMax));
  return errors;
}
