/** The container runtime interface (cri/runtime.proto), loaded and typed. */
import type { Container__Output } from './generated/runtime/v1/Container.ts';
import type { ContainerEventResponse__Output } from './generated/runtime/v1/ContainerEventResponse.ts';
import type { ContainerStats__Output } from './generated/runtime/v1/ContainerStats.ts';
import type { ContainerStatus__Output } from './generated/runtime/v1/ContainerStatus.ts';
import type { Image__Output } from './generated/runtime/v1/Image.ts';
import type { PodSandbox__Output } from './generated/runtime/v1/PodSandbox.ts';
import type { PodSandboxStatus__Output } from './generated/runtime/v1/PodSandboxStatus.ts';
import type { ContainerConfig } from './generated/runtime/v1/ContainerConfig.ts';
import type { LinuxContainerResources } from './generated/runtime/v1/LinuxContainerResources.ts';
import type { LinuxContainerSecurityContext } from './generated/runtime/v1/LinuxContainerSecurityContext.ts';
import type { NamespaceOption } from './generated/runtime/v1/NamespaceOption.ts';
import type { PodSandboxConfig } from './generated/runtime/v1/PodSandboxConfig.ts';
import type { SecurityProfile } from './generated/runtime/v1/SecurityProfile.ts';
import type { ImageServiceDefinition } from './generated/runtime/v1/ImageService.ts';
import type { RuntimeServiceDefinition } from './generated/runtime/v1/RuntimeService.ts';
import { loadService } from './load.ts';

export const criRuntimeService = loadService(
  'cri/runtime.proto',
  'runtime.v1.RuntimeService',
) as unknown as RuntimeServiceDefinition;

export const criImageService = loadService(
  'cri/runtime.proto',
  'runtime.v1.ImageService',
) as unknown as ImageServiceDefinition;

/** Messages as they are written: what is absent is left to the runtime. */
export interface CriMessages {
  readonly ContainerConfig: ContainerConfig;
  readonly LinuxContainerResources: LinuxContainerResources;
  readonly LinuxContainerSecurityContext: LinuxContainerSecurityContext;
  readonly NamespaceOption: NamespaceOption;
  readonly PodSandboxConfig: PodSandboxConfig;
  readonly SecurityProfile: SecurityProfile;
}

/** Messages as they are read: whole. */
export interface CriAnswers {
  readonly Container: Container__Output;
  readonly ContainerEventResponse: ContainerEventResponse__Output;
  readonly ContainerStats: ContainerStats__Output;
  readonly ContainerStatus: ContainerStatus__Output;
  readonly Image: Image__Output;
  readonly PodSandbox: PodSandbox__Output;
  readonly PodSandboxStatus: PodSandboxStatus__Output;
}
