/** What a stream into a pod leads to, asked of the runtime; refusals are in kubelet's words. */
import { RpcError, StatusCode } from '@drydock/rpc';
import type { ServedPod } from './served.ts';

/** The instance of a container that runs at present. @throws RpcError */
export async function runningContainer(
  { pod, runtime }: ServedPod,
  container: string,
): Promise<string> {
  const all = await runtime.listContainers({ podUid: pod.metadata.uid ?? '' });
  const found = all.find((one) => one.name === container && one.state === 'running');
  if (found !== undefined) return found.id;
  throw new RpcError(StatusCode.FAILED_PRECONDITION, `container not found ("${container}")`);
}

/** @throws RpcError */
export async function runningSandbox({ pod, runtime }: ServedPod): Promise<string> {
  const { uid = '', name, namespace = '' } = pod.metadata;
  const all = await runtime.listPodSandbox({ podUid: uid });
  const found = all.find((one) => one.state === 'ready');
  if (found !== undefined) return found.id;
  throw new RpcError(StatusCode.FAILED_PRECONDITION, `pod not found ("${name}_${namespace}")`);
}
