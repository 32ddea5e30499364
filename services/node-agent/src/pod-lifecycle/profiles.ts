/** The seccomp and AppArmor profiles of a container, its own before its pod's (kubelet's choice). */
import type { AppArmorProfile, Container, Pod } from '@drydock/api';
import type { SeccompProfile } from '../runtime/runtime.ts';
import type { WaitingReason } from './memory.ts';
import { allContainersOf } from './pod-facts.ts';

export interface SeccompSettings {
  /** What asks for no profile gets the engine's; otherwise it gets none. */
  readonly isDefault: boolean;
  /** Where profiles of type Localhost are. */
  readonly folder: string;
}

export function seccompOf(
  pod: Pod,
  container: Container,
  { isDefault, folder }: SeccompSettings,
): SeccompProfile {
  const asked =
    container.securityContext?.seccompProfile ?? pod.spec.securityContext?.seccompProfile;
  if (asked === undefined) return { kind: isDefault ? 'runtime-default' : 'unconfined' };
  if (asked.type === 'Localhost') {
    return { kind: 'localhost', path: `${folder}/${asked.localhostProfile ?? ''}` };
  }
  return { kind: asked.type === 'RuntimeDefault' ? 'runtime-default' : 'unconfined' };
}

const appArmorProfileOf = (pod: Pod, container: Container): AppArmorProfile | undefined =>
  container.securityContext?.appArmorProfile ?? pod.spec.securityContext?.appArmorProfile;

export function appArmorOf(pod: Pod, container: Container): { readonly appArmor?: string } {
  const asked = appArmorProfileOf(pod, container);
  if (asked === undefined) return {};
  if (asked.type === 'Localhost') return { appArmor: asked.localhostProfile ?? '' };
  return { appArmor: asked.type === 'RuntimeDefault' ? 'runtime-default' : 'unconfined' };
}

/** Why a pod that wants to be confined is not let in by a node whose kernel cannot. */
export function appArmorRefusal(pod: Pod, hasAppArmor: boolean): WaitingReason | undefined {
  const isAsked = allContainersOf(pod).some((container) => {
    const profile = appArmorProfileOf(pod, container);
    return profile !== undefined && profile.type !== 'Unconfined';
  });
  if (hasAppArmor || !isAsked) return undefined;
  return {
    reason: 'AppArmor',
    message: 'Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host',
  };
}
