/**
 * Binds claims to volumes that exist, and says what becomes of volumes whose claims have gone. Pure.
 *
 * 1. A binding is two references: first the volume names the claim, then the claim names the volume. Each
 *    write compares versions, so of two that bind one volume only one succeeds.
 * 2. A claim that was bound once is never given another volume: it is Lost when its own has gone.
 * 3. Nothing of a volume's content is deleted: what its policy asks for and nobody can do is told.
 *
 * Source: upstream's pv_controller.go (syncUnboundClaim, syncBoundClaim, syncVolume).
 */
import {
  compareQuantities,
  deepEqual,
  findMatchingVolume,
  hasAnnotation,
  isBindingDelayed,
  isVolumeBoundTo,
  referenceTo,
  storageClassOf,
  volumeAnnotations,
  volumeMismatch,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@drydock/api';

export interface PlannedEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export type ClaimPlan =
  | { readonly kind: 'bind'; readonly volume: PersistentVolume }
  /** `event` is recorded in any case, or with a change of the phase only. */
  | {
      readonly kind: 'phase';
      readonly phase: 'Pending' | 'Lost';
      readonly event?: PlannedEvent;
      readonly isToldOnce?: boolean;
    }
  /** The claim itself, to be written. */
  | { readonly kind: 'update'; readonly claim: PersistentVolumeClaim };

export interface ClaimSnapshot {
  readonly claim: PersistentVolumeClaim;
  readonly volumes: readonly PersistentVolume[];
  readonly classes: readonly StorageClass[];
  /** Pods that name the claim and have no node yet. */
  readonly waitingPods: readonly string[];
}

export function planClaim(snapshot: ClaimSnapshot): ClaimPlan {
  return hasAnnotation(snapshot.claim, volumeAnnotations.bindCompleted)
    ? planBoundClaim(snapshot)
    : planUnboundClaim(snapshot);
}

const pending = (event?: PlannedEvent): ClaimPlan => ({
  kind: 'phase',
  phase: 'Pending',
  ...(event === undefined ? {} : { event }),
});

function planUnboundClaim(snapshot: ClaimSnapshot): ClaimPlan {
  const { claim, volumes } = snapshot;
  const asked = claim.spec.volumeName ?? '';
  if (asked === '') return planSearch(snapshot);
  const volume = volumes.find((one) => one.metadata.name === asked);
  if (volume === undefined) return pending();
  if (volume.spec.claimRef === undefined) {
    const why = volumeMismatch(volume, claim);
    if (why === undefined) return { kind: 'bind', volume };
    const message = `Cannot bind to requested volume "${asked}": ${why}`;
    return pending({ type: 'Warning', reason: 'VolumeMismatch', message });
  }
  if (isVolumeBoundTo(volume, claim)) return { kind: 'bind', volume };
  const message = `volume "${asked}" already bound to a different claim.`;
  return pending({ type: 'Warning', reason: 'FailedBinding', message });
}

function planSearch({ claim, volumes, classes, waitingPods }: ClaimSnapshot): ClaimPlan {
  const className = storageClassOf(claim);
  const storageClass = classes.find((one) => one.metadata.name === className);
  const isDelayed = isBindingDelayed(storageClass);
  const volume = findMatchingVolume({ claim, volumes, onlyNamed: isDelayed });
  if (volume !== undefined) return { kind: 'bind', volume };
  if (isDelayed && !hasAnnotation(claim, volumeAnnotations.selectedNode)) {
    return pending(waitingEvent(waitingPods));
  }
  if (className !== '') return planProvisioning(claim, className, storageClass);
  const standard = defaultClassOf(classes);
  if (claim.spec.storageClassName === undefined && standard !== undefined) {
    const spec = { ...claim.spec, storageClassName: standard };
    return { kind: 'update', claim: { ...claim, spec } };
  }
  const message = 'no persistent volumes available for this claim and no storage class is set';
  return pending({ type: 'Normal', reason: 'FailedBinding', message });
}

function waitingEvent(pods: readonly string[]): PlannedEvent {
  const type = 'Normal';
  if (pods.length === 0) {
    const message = 'waiting for first consumer to be created before binding';
    return { type, reason: 'WaitForFirstConsumer', message };
  }
  const message = `waiting for ${pods.length > 1 ? 'pods' : 'pod'} ${pods.join(',')} to be scheduled`;
  return { type, reason: 'WaitForPodScheduled', message };
}

/** Volumes are made by programs of others only, who look for the claims that name them. */
function planProvisioning(
  claim: PersistentVolumeClaim,
  className: string,
  storageClass: StorageClass | undefined,
): ClaimPlan {
  const failed = (message: string) =>
    pending({ type: 'Warning', reason: 'ProvisioningFailed', message });
  if (storageClass === undefined) {
    return failed(`storageclass.storage.k8s.io "${className}" not found`);
  }
  const { provisioner } = storageClass;
  if (provisioner.startsWith('kubernetes.io/')) {
    return failed(`no volume plugin matched name: ${provisioner}`);
  }
  const annotations = {
    ...claim.metadata.annotations,
    [volumeAnnotations.provisioner]: provisioner,
    [volumeAnnotations.betaProvisioner]: provisioner,
  };
  if (!deepEqual(annotations, claim.metadata.annotations)) {
    return { kind: 'update', claim: { ...claim, metadata: { ...claim.metadata, annotations } } };
  }
  return pending({
    type: 'Normal',
    reason: 'ExternalProvisioning',
    message: `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
  });
}

/** Of several the newest, as admission chooses it. */
function defaultClassOf(classes: readonly StorageClass[]): string | undefined {
  const created = ({ metadata }: StorageClass) => metadata.creationTimestamp ?? '';
  return classes
    .filter(({ metadata: { annotations = {} } }) =>
      [volumeAnnotations.isDefaultClass, volumeAnnotations.betaIsDefaultClass].some(
        (name) => annotations[name] === 'true',
      ),
    )
    .toSorted((a, b) => {
      if (created(a) !== created(b)) return created(a) < created(b) ? 1 : -1;
      return a.metadata.name < b.metadata.name ? -1 : 1;
    })[0]?.metadata.name;
}

function planBoundClaim({ claim, volumes }: ClaimSnapshot): ClaimPlan {
  const lost = (reason: string, message: string): ClaimPlan => ({
    kind: 'phase',
    phase: 'Lost',
    event: { type: 'Warning', reason, message },
    isToldOnce: true,
  });
  const name = claim.spec.volumeName ?? '';
  if (name === '') {
    return lost(
      'ClaimLost',
      'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
    );
  }
  const volume = volumes.find((one) => one.metadata.name === name);
  if (volume === undefined) {
    return lost(
      'ClaimLost',
      'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    );
  }
  const { claimRef } = volume.spec;
  if (claimRef === undefined || claimRef.uid === claim.metadata.uid)
    return { kind: 'bind', volume };
  return lost(
    'ClaimMisbound',
    'Two claims are bound to the same volume, this one is bound incorrectly',
  );
}

/** The volume with its reference to the claim; undefined when it has it. */
export function volumeBoundTo(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): PersistentVolume | undefined {
  const isNamed = isVolumeBoundTo(volume, claim);
  const isComplete = isNamed && volume.spec.claimRef?.uid === claim.metadata.uid;
  if (isComplete) return undefined;
  const metadata = isNamed ? volume.metadata : markedByController(volume).metadata;
  return { ...volume, metadata, spec: { ...volume.spec, claimRef: referenceTo(claim) } };
}

/** The claim with its reference to the volume; undefined when it has it. */
export function claimBoundTo(
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
): PersistentVolumeClaim | undefined {
  const { name } = volume.metadata;
  const isNamed = claim.spec.volumeName === name;
  if (isNamed && hasAnnotation(claim, volumeAnnotations.bindCompleted)) return undefined;
  const { metadata } = isNamed ? claim : markedByController(claim);
  const annotations = { ...metadata.annotations, [volumeAnnotations.bindCompleted]: 'yes' };
  return {
    ...claim,
    metadata: { ...metadata, annotations },
    spec: { ...claim.spec, volumeName: name },
  };
}

function markedByController<T extends PersistentVolume | PersistentVolumeClaim>(object: T): T {
  const annotations = {
    ...object.metadata.annotations,
    [volumeAnnotations.boundByController]: 'yes',
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** The claim's status in a phase; undefined when it is so. `volume` is of a bound claim. */
export function claimInPhase(
  claim: PersistentVolumeClaim,
  phase: 'Pending' | 'Bound' | 'Lost',
  volume?: PersistentVolume,
): PersistentVolumeClaim | undefined {
  const { accessModes, capacity, ...others } = claim.status;
  const isSame =
    volume === undefined
      ? accessModes === undefined && capacity === undefined
      : deepEqual(accessModes, volume.spec.accessModes) &&
        capacity?.['storage'] !== undefined &&
        compareQuantities(capacity['storage'], volume.spec.capacity?.['storage'] ?? '0') === 0;
  if (claim.status.phase === phase && isSame) return undefined;
  const held = {
    ...(volume?.spec.accessModes === undefined ? {} : { accessModes: volume.spec.accessModes }),
    ...(volume?.spec.capacity === undefined ? {} : { capacity: volume.spec.capacity }),
  };
  return { ...claim, status: { ...others, ...held, phase } };
}
