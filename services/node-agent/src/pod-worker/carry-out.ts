/** Carries out what a plan asks for: sandboxes and containers made, started, ended and removed. */
import type { Container, LifecycleHandler } from '@drydock/api';
import type { Millis } from '@drydock/ports';
import { sandboxConfig } from '../pod-lifecycle/container-config.ts';
import { describePod } from '../pod-lifecycle/pod-facts.ts';
import { gracePeriodOf, gracePeriodSecondsMin, type Action } from '../pod-lifecycle/plan.ts';
import type { PodSession } from './pod-session.ts';
import type { PodWorkerPowers } from './powers.ts';
import { StartFailure } from './starter.ts';

/** Upstream waits for ever; a hook that hangs must not hold its pod for good. */
const postStartMillisMax: Millis = 600_000;

/** The end of the pod itself is its worker's. */
export type StepAction = Exclude<Action, { kind: 'finish' }>;

/**
 * Answers with a function that does one step, and tells false when a container did not start and its
 * time has to come again. @throws what else is in the way
 */
export function createCarryOut(
  session: PodSession,
  powers: PodWorkerPowers,
): (action: StepAction, signal: AbortSignal) => Promise<boolean> {
  const { runtime, cache, clock, events, endings } = powers;
  const { identity, memory, log } = session;
  const { uid } = identity;

  const execute = async (action: StepAction, signal: AbortSignal): Promise<boolean> => {
    const { pod } = session;
    switch (action.kind) {
      case 'create-sandbox':
        await createSandbox(action);
        return true;
      case 'start-container':
        return startContainer(action, signal);
      case 'kill-container': {
        const container = session.containerNamed(action.instance.name);
        events.record(pod, {
          type: 'Normal',
          reason: 'Killing',
          message: action.message,
          ...(container === undefined ? {} : { container }),
        });
        endings.begin({
          pod,
          container,
          instance: action.instance,
          podIP: session.sandbox()?.address ?? '',
          gracePeriodSeconds: action.gracePeriodSeconds,
          ...(action.after === undefined ? {} : { after: action.after }),
        });
        return true;
      }
      case 'wait-for-restart': {
        const { container, message } = action;
        const known = memory.waiting.get(container.name);
        memory.waiting.set(container.name, { reason: 'CrashLoopBackOff', message });
        if (known?.message === message) return true;
        events.record(pod, {
          type: 'Warning',
          reason: 'BackOff',
          message: `Back-off restarting failed container ${container.name} in pod ${describePod(identity)}`,
          container,
        });
        return true;
      }
      case 'remove-container':
        await runtime.removeContainer(action.instance.id);
        cache.remove(uid, action.instance.id);
        return true;
      case 'stop-sandbox':
        await runtime.stopPodSandbox(action.sandbox.id);
        cache.putSandbox({ ...action.sandbox, state: 'not-ready' });
        return true;
      case 'remove-sandbox':
        await runtime.removePodSandbox(action.sandbox.id);
        for (const instance of session.facts().containers) {
          if (instance.sandboxId === action.sandbox.id) cache.remove(uid, instance.id);
        }
        cache.remove(uid, action.sandbox.id);
        return true;
      default:
        throw new Error(`no such action: ${JSON.stringify(action satisfies never)}`);
    }
  };

  const createSandbox = async (action: Extract<Action, { kind: 'create-sandbox' }>) => {
    const { pod } = session;
    const onNodeNetwork = pod.spec.hostNetwork === true;
    const address = onNodeNetwork ? undefined : powers.takeAddress(uid);
    if (!onNodeNetwork && runtime.network === 'agent' && address === undefined) {
      const message =
        'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: the node has no podCIDR with a free address';
      events.record(pod, { type: 'Warning', reason: 'NetworkNotReady', message });
      throw new Error(message);
    }
    if (action.replaces) {
      events.record(pod, {
        type: 'Normal',
        reason: 'SandboxChanged',
        message: 'Pod sandbox changed, it will be killed and re-created.',
      });
    }
    const { clusterDns, clusterDomain } = powers;
    const { allocatable } = powers.nodeFacts();
    try {
      cache.putSandbox(
        await runtime.runPodSandbox(
          sandboxConfig({
            pod,
            attempt: action.attempt,
            address,
            clusterDns,
            clusterDomain,
            memoryVolumes: powers.volumes?.memoryVolumes(pod, allocatable.memoryBytes) ?? [],
          }),
        ),
      );
    } catch (error) {
      const message = `Failed to create pod sandbox: ${(error as Error).message}`;
      events.record(pod, { type: 'Warning', reason: 'FailedCreatePodSandBox', message });
      throw error;
    } finally {
      // From here on the sandbox holds it, or nobody does.
      powers.releaseAddress(uid);
    }
  };

  const startContainer = async (
    { container, attempt, backOff }: Extract<Action, { kind: 'start-container' }>,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const { pod } = session;
    const sandbox = session.sandbox();
    if (sandbox === undefined) return true;
    if (backOff !== undefined) memory.backOff.set(container.name, backOff);
    try {
      const id = await powers.starter.start({ pod, container, attempt, sandbox, signal });
      await cache.refresh(uid, id);
      memory.waiting.delete(container.name);
      memory.retryAt.delete(container.name);
      await runPostStart(container, id, signal);
      return true;
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      memory.waiting.set(container.name, { reason: error.reason, message: error.message });
      const { reason, message } = error;
      log.info({ reason, why: message, container: container.name }, 'a container did not start');
      memory.retryAt.set(container.name, clock.now() + error.retryAfterMillis);
      session.askAgainAfter(error.retryAfterMillis);
      // A container that could not start is there all the same, with its exit code.
      if (error.reason === 'RunContainerError') await cache.relist();
      return false;
    }
  };

  const runPostStart = async (container: Container, id: string, signal: AbortSignal) => {
    const { pod } = session;
    const hook = container.lifecycle?.postStart;
    const instance = session.facts().containers.find((one) => one.id === id);
    if (hook === undefined || instance === undefined) return;
    const podIP = session.sandbox()?.address ?? '';
    if (hook.sleep !== undefined) {
      await clock.sleep(hook.sleep.seconds * 1000, { signal });
      return;
    }
    const target = { container, containerId: id, podIP };
    const answer = await powers.ask(hook, target, postStartMillisMax);
    if (answer.answer === 'success') return;
    const tell = (type: 'Normal' | 'Warning', reason: string, message: string) =>
      events.record(pod, { type, reason, message, container });
    tell('Warning', 'FailedPostStartHook', 'PostStartHook failed');
    const message = failedHook(hook, { container, pod: describePod(identity), ...answer });
    memory.waiting.set(container.name, { reason: 'PostStartHookError', message });
    tell('Normal', 'Killing', 'FailedPostStartHook');
    const gracePeriodSeconds = Math.max(gracePeriodSecondsMin, gracePeriodOf(pod));
    endings.begin({ pod, container, instance, podIP, gracePeriodSeconds });
  };

  return execute;
}

/** In the words of upstream's lifecycle handlers. */
function failedHook(
  hook: LifecycleHandler,
  {
    container,
    pod,
    output,
    exitCode,
  }: { container: Container; pod: string; output: string; exitCode?: number },
): string {
  const where = `for Container "${container.name}" in Pod "${pod}" failed`;
  if (hook.exec === undefined) {
    return `HTTP lifecycle hook (${hook.httpGet?.path ?? ''}) ${where} - error: ${output}`;
  }
  const { command = [] } = hook.exec;
  const error =
    exitCode === undefined
      ? output
      : `command '${command.join(' ')}' exited with ${exitCode}: ${output}`;
  return `Exec lifecycle hook ([${command.join(' ')}]) ${where} - error: ${error}, message: ${JSON.stringify(output)}`;
}
