/** Names of hosts with a wildcard, and names that begin with a host, in upstream's words. */
import { invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import { problemsAt } from '../../metadata.ts';
import { dns1123SubdomainProblems } from '../../names.ts';

const lengthMax = 253;
const wildcardText = '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const wildcardProblem = `a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '${wildcardText}')`;

/** `*.example.com`: a host of which any first label will do. */
function wildcardProblems(host: string): string[] {
  const problems = host.length > lengthMax ? [`must be no more than ${lengthMax} characters`] : [];
  const rest = host.slice(2, lengthMax + 2);
  const isWildcard = host.startsWith('*.') && dns1123SubdomainProblems(rest).length === 0;
  return isWildcard ? problems : [...problems, wildcardProblem];
}

/** A host that requests may name, or `*.` and one. */
export function hostProblems(host: string): string[] {
  return host.includes('*') ? wildcardProblems(host) : dns1123SubdomainProblems(host);
}

const pathPattern = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;
const pathProblem =
  "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";

/** `acme.io/foo` */
export function validateDomainPrefixedPath(text: string, field: string): FieldError[] {
  if (text === '') return [required(field)];
  const slash = text.indexOf('/');
  const [host, path] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash <= 0 || path === '') {
    return [invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  const errors = problemsAt(field, host, dns1123SubdomainProblems(host));
  return pathPattern.test(path) ? errors : [...errors, invalid(field, path, pathProblem)];
}
