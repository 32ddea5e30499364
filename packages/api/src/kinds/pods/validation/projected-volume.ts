/** Volumes that put several sources into one directory. */
import { forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  ClusterTrustBundleProjection,
  ProjectedVolumeSource,
  ServiceAccountTokenProjection,
  VolumeProjection,
} from '../../../generated/types.ts';
import { goLabelSelector, goStruct } from '../../../go-literal.ts';
import { problemsAt } from '../../../metadata.ts';
import { dns1123SubdomainProblems } from '../../../names.ts';
import { validateFilePath } from '../../shared/path-validation.ts';
import { validateLabelSelector } from '../../shared/selector-validation.ts';
import { validateSignerName } from '../../shared/signer-name.ts';
import { validateDownwardItems, validateItems, validateMode } from './volume-items.ts';

const tokenSecondsMin = 600;
const tokenSecondsMax = 2 ** 32;

function validateToken(
  { expirationSeconds = 0, path }: ServiceAccountTokenProjection,
  field: string,
  volumeField: string,
): FieldError[] {
  const at = `${field}.expirationSeconds`;
  const errors: FieldError[] = [];
  if (expirationSeconds < tokenSecondsMin) {
    const why = 'may not specify a duration less than 10 minutes';
    errors.push(invalid(at, expirationSeconds, why));
  }
  if (expirationSeconds > tokenSecondsMax) {
    const why = 'may not specify a duration larger than 2^32 seconds';
    errors.push(invalid(at, expirationSeconds, why));
  }
  // Upstream tells of the volume, and not which of its sources is wrong.
  const pathField = `${volumeField}.path`;
  if (path === '') errors.push(required(pathField));
  else errors.push(...validateFilePath(path, pathField));
  return errors;
}

/** The name of a bundle begins with that of its signer: `example.com:signer:name`. */
function bundleNameProblems(name: string): string[] {
  const colon = name.lastIndexOf(':');
  return colon === 0
    ? ['ClusterTrustBundle without signer name must not have ":" in its name']
    : dns1123SubdomainProblems(name.slice(colon + 1));
}

function validateTrustBundle(
  { name, signerName, labelSelector, path }: ClusterTrustBundleProjection,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (name !== undefined && signerName !== undefined) {
    const why = 'only one of name and signerName may be used';
    errors.push(invalid(field, goStruct('core.ClusterTrustBundleProjection'), why));
  } else if (name !== undefined) {
    if (name === '') errors.push(required(`${field}.name`, 'must be a valid object name'));
    const problems = bundleNameProblems(name).map(
      (problem) => `not a valid clustertrustbundlename: ${problem}`,
    );
    errors.push(...problemsAt(`${field}.name`, name, problems));
    if (labelSelector !== undefined) {
      const why = 'labelSelector must be unset if name is specified';
      errors.push(invalid(`${field}.labelSelector`, goLabelSelector(labelSelector), why));
    }
  } else if (signerName !== undefined) {
    const at = `${field}.signerName`;
    if (signerName === '') errors.push(required(at, 'must be a valid signer name'));
    errors.push(...validateSignerName(signerName, at));
    errors.push(...validateLabelSelector(labelSelector, `${field}.labelSelector`));
  } else errors.push(required(field, 'either name or signerName must be specified'));
  if (path === '') errors.push(required(`${field}.path`));
  return [...errors, ...validateFilePath(path, `${field}.path`)];
}

function validateNamed(
  source: { readonly name?: string; readonly items?: Parameters<typeof validateItems>[0] },
  field: string,
): FieldError[] {
  const errors = (source.name ?? '') === '' ? [required(`${field}.name`)] : [];
  return [...errors, ...validateItems(source.items, field)];
}

function validateProjection(source: VolumeProjection, field: string, volumeField: string) {
  const errors: FieldError[] = [];
  const { secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle } = source;
  if (secret !== undefined) errors.push(...validateNamed(secret, `${field}.secret`));
  if (configMap !== undefined) errors.push(...validateNamed(configMap, `${field}.configMap`));
  if (downwardAPI !== undefined) {
    errors.push(...validateDownwardItems(downwardAPI.items, `${field}.downwardAPI`));
  }
  if (serviceAccountToken !== undefined) {
    const at = `${field}.serviceAccountToken`;
    errors.push(...validateToken(serviceAccountToken, at, volumeField));
  }
  if (clusterTrustBundle !== undefined) {
    errors.push(...validateTrustBundle(clusterTrustBundle, `${field}.clusterTrustBundle`));
  }
  if (Object.keys(source).length > 1) {
    errors.push(forbidden(field, 'may not specify more than 1 volume type per source'));
  }
  return errors;
}

interface NamedPath {
  readonly path: string;
  /** What the refusal shows. */
  readonly shown: string;
}

/** The paths at which the sources put files, tokens apart, in order. */
function pathsOf({ secret, configMap, downwardAPI, clusterTrustBundle }: VolumeProjection) {
  const paths: NamedPath[] = [];
  for (const source of [secret, configMap]) {
    for (const { path } of source?.items ?? []) paths.push({ path, shown: source?.name ?? '' });
  }
  for (const { path } of downwardAPI?.items ?? []) paths.push({ path, shown: path });
  const bundle = clusterTrustBundle?.path;
  if (bundle !== undefined) paths.push({ path: bundle, shown: bundle });
  return paths.filter(({ path }) => path !== '');
}

export function validateProjected(
  { sources = [], defaultMode }: ProjectedVolumeSource,
  field: string,
): FieldError[] {
  const errors = validateMode(defaultMode, `${field}.defaultMode`);
  const taken = new Set<string>();
  sources.forEach((source, index) => {
    errors.push(...validateProjection(source, `${field}.sources[${index}]`, field));
    for (const { path, shown } of pathsOf(source)) {
      if (taken.has(path)) errors.push(invalid(field, shown, 'conflicting duplicate paths'));
      taken.add(path);
    }
  });
  return errors;
}
