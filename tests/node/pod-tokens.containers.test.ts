/** A real pod calls the API as its service account: token, CA and address are where clients look. */
import type { Pod, TokenReview } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { afterEach, expect, inject } from 'vitest';
import { connectCluster, type Cluster } from '../harness/cluster.ts';
import { test } from '../harness/test.ts';

const name = 'caller-1';

/** What client libraries do in a pod; then it stays. */
const callApi = `
const { readFileSync: read, readlinkSync } = require('node:fs');
const folder = '/var/run/secrets/kubernetes.io/serviceaccount/';
const token = read(folder + 'token', 'utf8');
const options = {
  host: process.env.KUBERNETES_SERVICE_HOST,
  port: process.env.KUBERNETES_SERVICE_PORT,
  path: '/api/v1/namespaces/' + read(folder + 'namespace', 'utf8') + '/pods',
  ca: read(folder + 'ca.crt'),
  headers: { authorization: 'Bearer ' + token },
};
require('node:https').get(options, (answer) => {
  let text = '';
  answer.on('data', (part) => (text += part)).on('end', () => {
    const { message } = JSON.parse(text);
    console.log(JSON.stringify({ code: answer.statusCode, message, token, link: readlinkSync(folder + 'token') }));
  });
});
setInterval(() => {}, 1000);
`;

interface Called {
  readonly code: number;
  readonly message: string;
  readonly token: string;
  readonly link: string;
}

async function review(cluster: Cluster, token: string): Promise<TokenReview['status']> {
  const path = '/apis/authentication.k8s.io/v1/tokenreviews';
  const input = JSON.stringify({ spec: { token } });
  const { stdout } = await cluster.tryKubectl(['create', '--raw', path, '-f', '-'], { input });
  return (JSON.parse(stdout) as TokenReview).status;
}

afterEach(async () => {
  const { name: clusterName, timeScale } = inject('cluster');
  const cluster = await connectCluster(clusterName, timeScale);
  await cluster.kubectl('delete', 'pod', name, '--ignore-not-found');
});

test('a pod is known to the API by the token in its volume, until it is gone', async ({
  cluster,
}) => {
  // Any image with Node will do: that of the components is there.
  const part = cluster.container('apiserver-1');
  const image = (await cluster.docker('inspect', '--format', '{{.Config.Image}}', part)).trim();
  const containers = [
    { name: 'main', image, imagePullPolicy: 'Never', command: ['node', '-e', callApi] },
  ];
  const metadata = { name };
  const spec = { containers, terminationGracePeriodSeconds: 1 };
  await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
  const called = await eventually(
    'the pod has called',
    async () => {
      const { stdout } = await cluster.tryKubectl(['logs', name]);
      return stdout.startsWith('{') ? (JSON.parse(stdout) as Called) : undefined;
    },
    { timeoutMillis: 60_000, intervalMillis: 300 },
  );
  expect(called.link).toBe('..data/token');
  expect(called.code).toBe(403);
  expect(called.message).toContain(
    'User "system:serviceaccount:default:default" cannot list resource "pods"',
  );

  const pod = await cluster.get<Pod>('pod', name);
  expect(await review(cluster, called.token)).toMatchObject({
    authenticated: true,
    user: {
      username: 'system:serviceaccount:default:default',
      extra: {
        'authentication.kubernetes.io/node-name': [pod.spec.nodeName],
        'authentication.kubernetes.io/pod-name': [name],
        'authentication.kubernetes.io/pod-uid': [pod.metadata.uid],
      },
    },
  });

  await cluster.kubectl('delete', 'pod', name);
  await eventually(
    'the token is refused',
    async () =>
      (await review(cluster, called.token)).error ===
      '[invalid bearer token, service account token has been invalidated]',
    { timeoutMillis: 60_000, intervalMillis: 300 },
  );
});
