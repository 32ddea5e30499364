/** Profiles of seccomp and of AppArmor: the runtime's, none, or one that is on the node. */
import { invalid, notSupportedInOrder, required, tooLong } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { AppArmorProfile, SeccompProfile } from '../../../generated/types.ts';
import { goStruct } from '../../../go-literal.ts';
import { utf8Length } from '../../../metadata.ts';
import { validateDescendingPath } from '../../shared/path-validation.ts';

const types = ['Localhost', 'RuntimeDefault', 'Unconfined'];
/** PATH_MAX without its end. */
const profileBytesMax = 4095;

export function validateSeccompProfile(
  { type, localhostProfile }: SeccompProfile,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if ((type as string) === '') {
    errors.push(required(`${field}.type`, 'type is required when seccompProfile is set'));
  } else if (!types.includes(type)) {
    errors.push(notSupportedInOrder(`${field}.type`, type, types));
  }
  const at = `${field}.localhostProfile`;
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined) {
      const why = 'can only be set when seccomp type is Localhost';
      errors.push(invalid(at, goStruct('core.SeccompProfile'), why));
    }
  } else if (localhostProfile === undefined) {
    errors.push(required(at, 'must be set when seccomp type is Localhost'));
  } else errors.push(...validateDescendingPath(localhostProfile, at));
  return errors;
}

function validateAppArmorName(name: string | undefined, field: string): FieldError[] {
  const why = 'must be set when AppArmor type is Localhost';
  if (name === undefined) return [required(field, why)];
  const errors: FieldError[] = [];
  if (name !== name.trim()) {
    errors.push(invalid(field, name, 'must not be padded with whitespace'));
  } else if (name === '') errors.push(required(field, why));
  if (utf8Length(name) > profileBytesMax) errors.push(tooLong(field, profileBytesMax));
  return errors;
}

export function validateAppArmorProfile(
  { type, localhostProfile }: AppArmorProfile,
  field: string,
): FieldError[] {
  const at = `${field}.localhostProfile`;
  switch (type as string) {
    case 'Localhost':
      return validateAppArmorName(localhostProfile, at);
    case 'RuntimeDefault':
    case 'Unconfined': {
      const why = 'can only be set when AppArmor type is Localhost';
      return localhostProfile === undefined ? [] : [invalid(at, localhostProfile, why)];
    }
    case '':
      return [required(`${field}.type`, 'type is required when appArmorProfile is set')];
    default:
      return [notSupportedInOrder(`${field}.type`, type, types)];
  }
}
