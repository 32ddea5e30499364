/** Requests from h2load, with what they cost the apiserver. Creates are counted in etcd afterwards. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { h2load, type LoadResult } from '../h2load.ts';
import { token, type ApiCluster } from './api-cluster.ts';
import { podOfReplicaSet } from './pod.ts';

export interface ApiLoad extends LoadResult {
  /** Processor time of the apiserver for one request. */
  readonly cpuMillis: number;
}

export interface Requests {
  readonly streams: number;
  readonly requests: number;
}

const authorization = { authorization: `Bearer ${token}` };
export const podsPath = '/api/v1/namespaces/default/pods';

async function withCpu(
  cluster: ApiCluster,
  requests: number,
  run: () => Promise<LoadResult>,
): Promise<ApiLoad> {
  const before = cluster.cpuMillis();
  const result = await run();
  return { ...result, cpuMillis: (cluster.cpuMillis() - before) / requests };
}

/** @throws when not every pod is in etcd */
export async function createPods(
  cluster: ApiCluster,
  folder: string,
  ask: Requests,
): Promise<ApiLoad> {
  const bodyFile = join(folder, 'pod.json');
  writeFileSync(bodyFile, JSON.stringify(podOfReplicaSet));
  const before = await cluster.count('pods');
  const headers = { ...authorization, 'content-type': 'application/json' };
  const target = `${cluster.url}${podsPath}`;
  const result = await withCpu(cluster, ask.requests, () =>
    h2load({ target, headers, bodyFile, ...ask }),
  );
  const created = (await cluster.count('pods')) - before;
  if (created !== ask.requests) throw new Error(`${ask.requests} creates made ${created} pods`);
  return result;
}

/** @param bytes of one answer, on average. @throws when the answers are not that large */
export async function readOften(
  cluster: ApiCluster,
  target: string | { readonly file: string },
  { bytes, ...ask }: Requests & { readonly bytes: number },
): Promise<ApiLoad> {
  const result = await withCpu(cluster, ask.requests, () =>
    h2load({ target, headers: authorization, ...ask }),
  );
  const ratio = result.dataBytes / (ask.requests * bytes);
  // h2load rounds what it reports.
  if (ratio < 0.99 || ratio > 1.01) {
    throw new Error(`answers have ${Math.round(100 * ratio)} % of their bytes`);
  }
  return result;
}

export interface PodUrls {
  /** A file of URLs. */
  readonly file: string;
  /** Of one of them on average. */
  readonly bytes: number;
}

/** Where some of the pods are. */
export async function urlsOfPods(
  cluster: ApiCluster,
  folder: string,
  limit = 1_000,
): Promise<PodUrls> {
  const { text } = await cluster.client.request('GET', `${podsPath}?limit=${limit}`);
  const { items } = JSON.parse(text) as { items: { metadata: { name: string } }[] };
  const file = join(folder, `urls-${new URL(cluster.url).port}`);
  const urls = items.map(({ metadata }) => `${cluster.url}${podsPath}/${metadata.name}`);
  writeFileSync(file, urls.join('\n'));
  const sizes = items.map((item) => Buffer.byteLength(JSON.stringify(item)));
  return { file, bytes: sizes.reduce((sum, size) => sum + size, 0) / items.length };
}
