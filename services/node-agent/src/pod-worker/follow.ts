/** Follows the containers of a pod: what dies is no longer ending and tells its last words; what runs is probed. */
import { knownVerdict } from './api-echo.ts';
import { lastWordsOf } from './last-words.ts';
import type { PodSession } from './pod-session.ts';
import type { PodWorkerPowers } from './powers.ts';

/** Answers with a function to call whenever the containers may have changed. */
export function createFollow(session: PodSession, powers: PodWorkerPowers): () => Promise<void> {
  const { cache, endings } = powers;
  const { memory } = session;
  const { uid } = session.identity;

  const collectLastWords = async (id: string) => {
    const instance = session.facts().containers.find((one) => one.id === id);
    if (instance === undefined) return;
    const message = await lastWordsOf(instance, session.containerNamed(instance.name), powers);
    cache.putContainer({ ...instance, terminationMessage: message });
  };

  return async () => {
    const { pod } = session;
    const { containers } = session.facts();
    for (const instance of containers) {
      if (instance.state !== 'exited') continue;
      endings.ended(instance.id);
      if (instance.terminationMessage === undefined) await collectLastWords(instance.id);
    }
    const podIP = session.sandbox()?.address ?? powers.nodeFacts().address;
    const probed = new Set<string>();
    for (const instance of containers) {
      const container = session.containerNamed(instance.name);
      if (instance.state !== 'running' || container === undefined || podIP === undefined) continue;
      probed.add(instance.id);
      const known = memory.probes.get(instance.id) ?? knownVerdict(pod, instance.id);
      memory.probes.set(instance.id, known);
      powers.prober.watch({ pod, container, instance, podIP, known }, (verdict) => {
        memory.probes.set(instance.id, verdict);
        session.wake();
      });
      if (endings.has(instance.id)) powers.prober.letGo(instance.id);
    }
    powers.prober.keepOnly(uid, probed);
    for (const id of memory.probes.keys()) {
      if (!containers.some((one) => one.id === id)) memory.probes.delete(id);
    }
  };
}
