/** Upstream's defaults of a pod's spec; those for pods alone are not applied to templates. */
import type { Container, Pod, PodSpec, Probe, Volume } from '../../generated/types.ts';
import { setVolumeSourceDefaults } from '../shared/volume-source-defaults.ts';

const configModeDefault = 0o644;
const tokenSecondsDefault = 3600;
const gracePeriodSecondsDefault = 30;

/** True when the image is named without a tag and without a digest, or by the tag `latest`. */
function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  return colon < 0 || name.slice(colon + 1) === 'latest';
}

/** What is named anew each day is fetched anew. */
const pullPolicyOf = (image: string) => (isLatest(image) ? 'Always' : 'IfNotPresent');

function setHttpDefaults(probe: { httpGet?: { path?: string; scheme?: string } } | undefined) {
  if (probe?.httpGet === undefined) return;
  probe.httpGet.path ??= '/';
  probe.httpGet.scheme ??= 'HTTP';
}

function setProbeDefaults(probe: Probe | undefined): void {
  if (probe === undefined) return;
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  setHttpDefaults(probe);
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
}

type AnyContainer = Omit<Container, 'name'>;

function setContainerDefaults(container: AnyContainer): void {
  container.imagePullPolicy ??= pullPolicyOf(container.image ?? '');
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef !== undefined) valueFrom.fieldRef.apiVersion ??= 'v1';
  }
  setProbeDefaults(container.livenessProbe);
  setProbeDefaults(container.readinessProbe);
  setProbeDefaults(container.startupProbe);
  setHttpDefaults(container.lifecycle?.postStart);
  setHttpDefaults(container.lifecycle?.preStop);
}

function hasSource(volume: Volume): boolean {
  for (const key in volume) if (key !== 'name') return true;
  return false;
}

function setVolumeDefaults(volume: Volume): void {
  if (!hasSource(volume)) volume.emptyDir = {};
  setVolumeSourceDefaults(volume);
  for (const one of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (one !== undefined) one.defaultMode ??= configModeDefault;
  }
  const { image, ephemeral } = volume;
  if (image !== undefined) image.pullPolicy ??= pullPolicyOf(image.reference ?? '');
  if (ephemeral?.volumeClaimTemplate !== undefined) {
    ephemeral.volumeClaimTemplate.spec.volumeMode ??= 'Filesystem';
  }
  const downward = [
    ...(volume.downwardAPI?.items ?? []),
    ...(volume.projected?.sources ?? []).flatMap(({ downwardAPI }) => downwardAPI?.items ?? []),
  ];
  for (const { fieldRef } of downward) if (fieldRef !== undefined) fieldRef.apiVersion ??= 'v1';
  for (const { serviceAccountToken } of volume.projected?.sources ?? []) {
    if (serviceAccountToken !== undefined) {
      serviceAccountToken.expirationSeconds ??= tokenSecondsDefault;
    }
  }
}

export function setPodSpecDefaults(spec: PodSpec): void {
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.restartPolicy ??= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= gracePeriodSecondsDefault;
  spec.schedulerName ??= 'default-scheduler';
  // The older of the two names is kept in step, as older clients read it.
  if (spec.serviceAccountName === undefined && spec.serviceAccount !== undefined) {
    spec.serviceAccountName = spec.serviceAccount;
  }
  if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
  for (const container of spec.containers) setContainerDefaults(container);
  for (const container of spec.initContainers ?? []) setContainerDefaults(container);
  for (const container of spec.ephemeralContainers ?? []) setContainerDefaults(container);
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
  if (spec.hostNetwork === true) {
    for (const { ports = [] } of [...spec.containers, ...(spec.initContainers ?? [])]) {
      for (const port of ports) port.hostPort ??= port.containerPort;
    }
  }
}

export function setPodDefaults(pod: Pod): void {
  setPodSpecDefaults(pod.spec);
  for (const { resources } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    if (resources?.limits === undefined) continue;
    resources.requests = { ...resources.limits, ...resources.requests };
  }
  pod.spec.enableServiceLinks ??= true;
}
