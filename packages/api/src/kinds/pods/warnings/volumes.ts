/** Volumes that no node mounts any more, and files in volumes that lie in each other's way. */
import type { Volume, VolumeProjection } from '../../../generated/types.ts';
import { volumeClaimSpecWarnings } from '../../shared/warnings.ts';

/** The field, its name as upstream prints it, and what became of it. */
const withdrawn = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const;

/** Of a volume's source, in a pod or by itself. */
export function withdrawnSourceWarnings(
  source: Readonly<Partial<Record<(typeof withdrawn)[number][0], unknown>>>,
  field: string,
): string[] {
  return withdrawn.flatMap(([key, shown, why]) =>
    source[key] === undefined ? [] : [`${field}.${shown}: ${why}`],
  );
}

export function volumeWarnings(volumes: readonly Volume[], field: string): string[] {
  return [
    ...volumes.flatMap((volume, index) => {
      const at = `${field}[${index}]`;
      const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
      return [
        ...withdrawnSourceWarnings(volume, at),
        ...(claim === undefined
          ? []
          : volumeClaimSpecWarnings(claim, `${at}.ephemeral.volumeClaimTemplate.spec`)),
      ];
    }),
    ...volumes.flatMap(overlapWarnings),
  ];
}

const pathsOf = (items: readonly { readonly path: string }[]) => items.map(({ path }) => path);

function overlapWarnings({ name, configMap, secret, downwardAPI, projected }: Volume): string[] {
  const warnings: string[] = [];
  const check = (what: string, items: readonly { readonly path: string }[] | undefined) => {
    if (items === undefined) return;
    warnings.push(...overlaps(pathsOf(items), `volume "${name}" (${what}): overlapping paths`));
  };
  if (configMap !== undefined) check(`ConfigMap "${configMap.name ?? ''}"`, configMap.items);
  if (secret !== undefined) check(`Secret "${secret.secretName ?? ''}"`, secret.items);
  check('DownwardAPI', downwardAPI?.items);
  const earlier = new Set<string>();
  for (const source of projected?.sources ?? []) {
    if (Object.keys(source).length === 0) {
      warnings.push(`volume "${name}" (Projected) has no sources provided`);
      continue;
    }
    const { what, paths } = projection(source);
    const message = `volume "${name}" (Projected ${what}): overlapping paths`;
    const unique = [...new Set(paths)];
    warnings.push(
      ...overlaps(paths, message),
      ...overlaps([...unique, ...earlier].sort(), message),
    );
    for (const path of unique) earlier.add(path);
  }
  return warnings;
}

/** What a source is called, and the files that it says it writes. */
function projection(source: VolumeProjection): { what: string; paths: readonly string[] } {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle } = source;
  if (configMap?.items !== undefined) {
    return { what: `ConfigMap "${configMap.name ?? ''}"`, paths: pathsOf(configMap.items) };
  }
  if (secret?.items !== undefined) {
    return { what: `Secret "${secret.name ?? ''}"`, paths: pathsOf(secret.items) };
  }
  if (downwardAPI?.items !== undefined) {
    return { what: 'DownwardAPI', paths: pathsOf(downwardAPI.items) };
  }
  if (serviceAccountToken !== undefined) {
    return { what: 'ServiceAccountToken', paths: [serviceAccountToken.path] };
  }
  if (clusterTrustBundle !== undefined) {
    const { path, name, signerName = '' } = clusterTrustBundle;
    return { what: `ClusterTrustBundle "${name ?? signerName}"`, paths: [path] };
  }
  return { what: '', paths: [] };
}

/** One path is another, or begins as another does. */
function overlaps(paths: readonly string[], message: string): string[] {
  const known = new Set<string>();
  return paths.flatMap((path) => {
    const wanted = path.replace(/\/+$/, '');
    const other = [...known].find(
      (one) =>
        one !== '' &&
        wanted !== '' &&
        (`${one}/`.startsWith(wanted) || `${wanted}/`.startsWith(one)),
    );
    known.add(wanted);
    return other === undefined ? [] : [`${message}: "${wanted}" with "${other}"`];
  });
}
