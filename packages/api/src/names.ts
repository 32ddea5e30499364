/**
 * Which strings may be names, label keys and label values, in upstream's words.
 *
 * 1. Each check answers with the messages of what is wrong: none means valid.
 * 2. Every pattern is linear, so a hostile string costs no more than its length.
 */

const dns1123LabelText = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dns1123SubdomainText = `${dns1123LabelText}(\\.${dns1123LabelText})*`;
const dns1035LabelText = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualifiedNameText = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValueText = `(${qualifiedNameText})?`;

const dns1123Label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const dns1035Label = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const qualifiedName = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const dns1123LabelWords =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const dns1123SubdomainWords =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const dns1035LabelWords =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const qualifiedNameWords =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const labelValueWords =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

const regexError = (words: string, pattern: string, ...examples: readonly string[]) =>
  `${words} (e.g. ${examples
    .map((example) => `'${example}'`)
    .join(' or ')
    .replaceAll("' or '", "',  or '")}, regex used for validation is '${pattern}')`;

const maxLength = (count: number) => `must be no more than ${count} characters`;

export function dns1123LabelProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push(maxLength(63));
  if (!dns1123Label.test(value)) {
    problems.push(regexError(dns1123LabelWords, dns1123LabelText, 'my-name', '123-abc'));
  }
  return problems;
}

const isSubdomain = (value: string) => value.split('.').every((part) => dns1123Label.test(part));

export function dns1123SubdomainProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 253) return [maxLength(253)];
  if (!isSubdomain(value)) {
    problems.push(regexError(dns1123SubdomainWords, dns1123SubdomainText, 'example.com'));
  }
  return problems;
}

export function dns1035LabelProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push(maxLength(63));
  if (!dns1035Label.test(value)) {
    problems.push(regexError(dns1035LabelWords, dns1035LabelText, 'my-name', 'abc-123'));
  }
  return problems;
}

/** A key such as `app` or `example.com/role`. */
export function qualifiedNameProblems(value: string): string[] {
  const problems: string[] = [];
  const parts = value.split('/');
  let name = value;
  if (parts.length === 2) {
    const prefix = parts[0]!;
    name = parts[1]!;
    if (prefix === '') problems.push('prefix part must be non-empty');
    else {
      problems.push(...dns1123SubdomainProblems(prefix).map((text) => `prefix part ${text}`));
    }
  } else if (parts.length > 2) {
    const words = regexError(qualifiedNameWords, qualifiedNameText, 'MyName', 'my.name', '123-abc');
    return [
      `a qualified name ${words} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push(`name part ${maxLength(63)}`);
  if (!qualifiedName.test(name)) {
    problems.push(
      `name part ${regexError(qualifiedNameWords, qualifiedNameText, 'MyName', 'my.name', '123-abc')}`,
    );
  }
  return problems;
}

export function labelValueProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push(maxLength(63));
  if (value !== '' && !qualifiedName.test(value)) {
    problems.push(regexError(labelValueWords, labelValueText, 'MyValue', 'my_value', '12345'));
  }
  return problems;
}

/** A name that can stand in a path, and nothing else: the rule for roles, whose names hold colons. */
export function pathSegmentProblems(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((one) => value.includes(one)).map((one) => `may not contain '${one}'`);
}

/** Names of environment variables, relaxed as since 1.32: any printable ASCII but `=`. */
export function environmentNameProblems(value: string): string[] {
  const problems: string[] = [];
  for (const character of value) {
    if (character < ' ' || character > '~' || character === '=') {
      problems.push(
        "a valid environment variable name must consist only of printable ASCII characters other than '='",
      );
      break;
    }
  }
  return problems;
}

const configMapKeyText = '[-._a-zA-Z0-9]+';

export function configMapKeyProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 253) problems.push(maxLength(253));
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) {
    problems.push(
      regexError(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        configMapKeyText,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    );
  }
  if (value === '.') problems.push("must not be '.'");
  else if (value === '..') problems.push("must not be '..'");
  else if (value.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

/** Names of ports: `http`, `metrics-2`. */
export function portNameProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 15) problems.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(value)) {
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)');
  if (value.includes('--')) problems.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) {
    problems.push('must not begin or end with a hyphen');
  }
  return problems;
}

export function portNumberProblems(port: number): string[] {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
    ? []
    : ['must be between 1 and 65535, inclusive'];
}

/** Shares of a whole: `25%`. */
export function percentProblems(value: string): string[] {
  const words = "a valid percent string must be a numeric string followed by an ending '%'";
  return /^[0-9]+%$/.test(value) ? [] : [regexError(words, '[0-9]+%', '1%', '93%')];
}

const urlPathText = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/** What may follow the domain in a name such as `example.com/controller`. */
export function urlPathProblems(value: string): string[] {
  return /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(value)
    ? []
    : [`Invalid path (regex used for validation is '${urlPathText}')`];
}

const decimals = /^\d+$/;

/** Zeros before a part's number are read over, as upstream reads them: `010.0.0.1` is `10.0.0.1`. */
export function isIPv4(address: string): boolean {
  const parts = address.split('.');
  return parts.length === 4 && parts.every((part) => decimals.test(part) && Number(part) <= 255);
}

export function isIPv6(address: string): boolean {
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(address) || address.includes(':::')) return false;
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  let count = groups.length;
  if (last?.includes('.')) {
    if (!isIPv4(last)) return false;
    groups.pop();
    count += 1;
  }
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? count < 8 : count === 8;
}

export const ipAddressProblem = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export const isIP = (address: string) => isIPv4(address) || isIPv6(address);

export function isCIDR(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0) return false;
  const address = text.slice(0, slash);
  const bits = text.slice(slash + 1);
  if (!decimals.test(bits)) return false;
  return isIPv4(address) ? Number(bits) <= 32 : isIPv6(address) && Number(bits) <= 128;
}
