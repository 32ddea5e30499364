/** What iSCSI volumes of pods and persistent ones have in common. */
import { invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import { validateRange } from './volume-sources.ts';

const patterns: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\t\n\f\r ]+$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};
const portalLengthMax = 64;
const lunRange = { min: 0, max: 255 };

export const iscsiNameTooLong =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

interface Iscsi {
  readonly targetPortal: string;
  readonly lun: number;
  readonly chapAuthDiscovery?: boolean;
  readonly chapAuthSession?: boolean;
  readonly secretRef?: object;
  readonly initiatorName?: string;
}

export function isIscsiNameTooLong(volumeName: string, { targetPortal }: Iscsi): boolean {
  return volumeName.length + 1 + targetPortal.length > portalLengthMax;
}

const patternOf = (name: string): RegExp | undefined =>
  Object.hasOwn(patterns, name.slice(0, 3)) ? patterns[name.slice(0, 3)] : undefined;

export const isIscsiName = (name: string) => patternOf(name)?.test(name) === true;

export function validateIscsiName(name: string, field: string): FieldError[] {
  const pattern = patternOf(name);
  if (pattern === undefined) {
    return [invalid(field, name, 'must be valid format starting with iqn, eui, or naa')];
  }
  return pattern.test(name) ? [] : [invalid(field, name, 'must be valid format')];
}

export function validateIscsiNumbers(iscsi: Iscsi, field: string): FieldError[] {
  const errors = validateRange(iscsi.lun, `${field}.lun`, lunRange);
  const authenticates = iscsi.chapAuthDiscovery === true || iscsi.chapAuthSession === true;
  if (authenticates && iscsi.secretRef === undefined) errors.push(required(`${field}.secretRef`));
  return errors;
}

export function validateIscsiInitiator({ initiatorName }: Iscsi, field: string): FieldError[] {
  return initiatorName === undefined
    ? []
    : validateIscsiName(initiatorName, `${field}.initiatorname`);
}
