/** The priority classes that every cluster has, made when they are missing. */
import {
  ApiError,
  findResource,
  reasonOf,
  systemPriorityClasses,
  type PriorityClass,
} from '@drydock/api';
import type { Registry } from '../registry/registry.ts';
import { systemWrite } from './system-user.ts';

export async function ensurePriorityClasses(registry: Registry): Promise<void> {
  const kind = findResource('scheduling.k8s.io', 'priorityclasses')!;
  for (const { name, value, description } of systemPriorityClasses) {
    const target = { kind, namespace: '', name };
    try {
      await registry.get(target, 'any');
    } catch (error) {
      if (reasonOf(error) !== 'NotFound') throw error;
      const object: PriorityClass = {
        kind: 'PriorityClass',
        apiVersion: 'scheduling.k8s.io/v1',
        metadata: { name },
        value,
        description,
        preemptionPolicy: 'PreemptLowerPriority',
      };
      await registry.create(target, object, systemWrite()).catch((failure: unknown) => {
        // The other apiserver was faster.
        if (!(failure instanceof ApiError) || failure.reason !== 'AlreadyExists') throw failure;
      });
    }
  }
}
