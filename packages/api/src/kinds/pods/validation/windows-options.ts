/** What a pod says of how it is to run on Windows. Our nodes run none, but its rules are upstream's. */
import type { FieldError } from '../../../field-error.ts';
import type { WindowsSecurityContextOptions } from '../../../generated/types.ts';
import { problemsAt, utf8Length } from '../../../metadata.ts';
import { dns1123SubdomainProblems } from '../../../names.ts';

const specKiBMax = 64;
const domainLengthMax = 256;
const userLengthMax = 104;

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const control = /[\u0000-\u001f\u007f]/;
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsLabel = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;
const refusedInUser = /["/\\:;|=,+*?<>@[\]]/;
const onlyDotsAndSpaces = /^[. ]+$/;

function userNameProblems(text: string): string[] {
  if (text === '') return ['runAsUserName cannot be an empty string'];
  if (control.test(text)) return ['runAsUserName cannot contain control characters'];
  const parts = text.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const [domain, user] = parts.length === 1 ? [undefined, parts[0]!] : [parts[0]!, parts[1]!];
  const problems: string[] = [];
  if (domain !== undefined) {
    if (domain.length >= domainLengthMax) {
      problems.push(`runAsUserName's Domain length must be under ${domainLengthMax} characters`);
    }
    if (!netBiosName.test(domain) && !domain.split('.').every((part) => dnsLabel.test(part))) {
      problems.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
    }
  }
  if (user === '') problems.push("runAsUserName's User cannot be empty");
  else if (user.length > userLengthMax) {
    const why = `runAsUserName's User length must not be longer than ${userLengthMax} characters`;
    problems.push(why);
  }
  if (onlyDotsAndSpaces.test(user)) {
    problems.push("runAsUserName's User cannot contain only periods or spaces");
  }
  if (refusedInUser.test(user)) {
    const why = `runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`;
    problems.push(why);
  }
  return problems;
}

function specProblems(text: string): string[] {
  if (text === '') return ['gmsaCredentialSpec cannot be an empty string'];
  return utf8Length(text) > specKiBMax * 1024
    ? [`gmsaCredentialSpec size must be under ${specKiBMax} KiB`]
    : [];
}

export function validateWindowsOptions(
  options: WindowsSecurityContextOptions,
  field: string,
): FieldError[] {
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  const check = (
    key: string,
    value: string | undefined,
    problemsOf: (text: string) => readonly string[],
  ) => (value === undefined ? [] : problemsAt(`${field}.${key}`, value, problemsOf(value)));
  return [
    ...check('gmsaCredentialSpecName', name, dns1123SubdomainProblems),
    ...check('gmsaCredentialSpec', spec, specProblems),
    ...check('runAsUserName', user, userNameProblems),
  ];
}
