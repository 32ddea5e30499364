/** Volumes inside containers: as directories, and as block devices. */
import { forbidden, invalid, notFound, notSupported, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  Container,
  EphemeralContainer,
  Volume,
  VolumeDevice,
  VolumeMount,
} from '../../../generated/types.ts';
import { validateDescendingPath } from '../../shared/path-validation.ts';

type Volumes = ReadonlyMap<string, Volume>;

const propagations = ['Bidirectional', 'HostToContainer', 'None'];
const recursions = ['Disabled', 'Enabled', 'IfPossible'];

function validatePropagation(propagation: string, isPrivileged: boolean, field: string) {
  const errors: FieldError[] = [];
  if (!propagations.includes(propagation)) {
    errors.push(notSupported(field, propagation, propagations));
  }
  if (propagation === 'Bidirectional' && !isPrivileged) {
    const why = 'Bidirectional mount propagation is available only to privileged containers';
    errors.push(forbidden(field, why));
  }
  return errors;
}

function validateRecursion(mount: VolumeMount, recursion: string, field: string): FieldError[] {
  if (recursion === 'Disabled') return [];
  if (!recursions.includes(recursion)) return [notSupported(field, recursion, recursions)];
  const errors: FieldError[] = [];
  if (mount.readOnly !== true) {
    errors.push(forbidden(field, 'may only be specified when readOnly is true'));
  }
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== 'None') {
    const why = 'may only be specified when mountPropagation is None or not specified';
    errors.push(forbidden(field, why));
  }
  return errors;
}

/** Images are mounted whole. */
function validateImageMount({ subPath = '', subPathExpr = '' }: VolumeMount, at: string) {
  const why = 'not allowed in image volume sources';
  const errors: FieldError[] = [];
  if (subPath !== '') errors.push(invalid(`${at}.subPath`, subPath, why));
  if (subPathExpr !== '') errors.push(invalid(`${at}.subPathExpr`, subPathExpr, why));
  return errors;
}

/** What is rare in a mount. @param listField upstream's path of these, without an index */
function validateDetails(
  mount: VolumeMount,
  { at, listField, isPrivileged }: { at: string; listField: string; isPrivileged: boolean },
): FieldError[] {
  const { subPath = '', subPathExpr = '', mountPropagation, recursiveReadOnly } = mount;
  const errors: FieldError[] = [];
  if (subPath !== '') errors.push(...validateDescendingPath(subPath, `${listField}.subPath`));
  if (subPathExpr !== '') {
    if (subPath !== '') {
      const why = 'subPathExpr and subPath are mutually exclusive';
      errors.push(invalid(`${at}.subPathExpr`, subPathExpr, why));
    }
    errors.push(...validateDescendingPath(subPathExpr, `${listField}.subPathExpr`));
  }
  if (mountPropagation !== undefined) {
    const field = `${listField}.mountPropagation`;
    errors.push(...validatePropagation(mountPropagation, isPrivileged, field));
  }
  if (recursiveReadOnly !== undefined) {
    errors.push(...validateRecursion(mount, recursiveReadOnly, `${listField}.recursiveReadOnly`));
  }
  return errors;
}

const isPrivilegedContainer = ({ securityContext }: Container | EphemeralContainer) =>
  securityContext?.privileged === true;

export function validateMounts(
  container: Container | EphemeralContainer,
  volumes: Volumes,
  field: string,
): FieldError[] {
  const { volumeMounts, volumeDevices } = container;
  if (volumeMounts === undefined) return [];
  const paths = new Set<string>();
  const isPrivileged = isPrivilegedContainer(container);
  return volumeMounts.flatMap((mount, index) => {
    const at = `${field}[${index}]`;
    const { name, mountPath } = mount;
    const volume = volumes.get(name);
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${at}.name`));
    if (volume === undefined) errors.push(notFound(`${at}.name`, name));
    if (mountPath === '') errors.push(required(`${at}.mountPath`));
    if (paths.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    if (volumeDevices?.some((device) => device.name === name) === true) {
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'));
    }
    if (volumeDevices?.some(({ devicePath }) => devicePath === mountPath) === true) {
      const why = 'must not already exist as a path in volumeDevices';
      errors.push(invalid(`${at}.mountPath`, mountPath, why));
    }
    if (volume?.image !== undefined) errors.push(...validateImageMount(mount, at));
    return [...errors, ...validateDetails(mount, { at, listField: field, isPrivileged })];
  });
}

function validateDeviceName(name: string, volumes: Volumes, field: string): FieldError[] {
  const volume = volumes.get(name);
  if (volume === undefined) return [notFound(field, name)];
  if (volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined) return [];
  const why =
    'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
  return [invalid(field, name, why)];
}

export function validateDevices(
  devices: readonly VolumeDevice[] | undefined,
  { volumeMounts = [] }: Container | EphemeralContainer,
  volumes: Volumes,
  field: string,
): FieldError[] {
  if (devices === undefined) return [];
  const names = new Set<string>();
  const paths = new Set<string>();
  return devices.flatMap(({ name, devicePath }, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${at}.name`));
    if (names.has(name)) errors.push(invalid(`${at}.name`, name, 'must be unique'));
    errors.push(...validateDeviceName(name, volumes, `${at}.name`));
    if (devicePath === '') errors.push(required(`${at}.devicePath`));
    if (paths.has(devicePath)) {
      errors.push(invalid(`${at}.devicePath`, devicePath, 'must be unique'));
    }
    if (devicePath.split('/').includes('..')) {
      const why = "can not contain backsteps ('..')";
      errors.push(invalid(`${at}.devicePath`, devicePath, why));
    } else paths.add(devicePath);
    if (volumeMounts.some((mount) => mount.name === name)) {
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'));
    }
    if (volumeMounts.some(({ mountPath }) => mountPath === devicePath)) {
      const why = 'must not already exist as a path in volumeMounts';
      errors.push(invalid(`${at}.devicePath`, devicePath, why));
    }
    if (name !== '') names.add(name);
    return errors;
  });
}
