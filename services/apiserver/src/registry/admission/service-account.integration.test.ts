/** The ServiceAccount admission plugin, as clients see it. */
import type { Container, Pod, ServiceAccount } from '@drydock/api';
import { beforeAll, describe, expect, test } from 'vitest';
import { podManifest } from '../../testing/server.ts';
import { useTestServer } from '../../testing/use-server.ts';

const { admin } = useTestServer({ server: { disabledAdmissionPlugins: [] } });

const path = (resource: string, namespace = 'default') =>
  `/api/v1/namespaces/${namespace}/${resource}`;
const makeAccount = async (name: string, more: Partial<ServiceAccount> = {}) => {
  const body = { ...more, metadata: { name, ...more.metadata } };
  const answer = await admin.request('POST', path('serviceaccounts'), { body });
  expect(answer.code, answer.text).toBe(201);
};
const post = (name: string, spec: object = {}, metadata: object = {}) =>
  admin.request('POST', path('pods'), { body: podManifest(name, { spec, metadata }) });
const makePod = async (name: string, spec: object = {}) => {
  const answer = await post(name, spec);
  expect(answer.code, answer.text).toBe(201);
  return answer.json<Pod>();
};
const refusal = async (...words: Parameters<typeof post>) => {
  const answer = await post(...words);
  expect(answer.code, answer.text).toBe(403);
  return answer.json<{ message: string }>().message;
};
const mountsOf = ({ volumeMounts = [] }: Container) => volumeMounts;
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

beforeAll(async () => {
  await makeAccount('default');
});

describe('a new pod', () => {
  test('runs as an account that is there, or is refused in upstream words', async () => {
    const pod = await makePod('plain');
    expect(pod.spec).toMatchObject({ serviceAccountName: 'default', serviceAccount: 'default' });
    expect(await refusal('lost', { serviceAccountName: 'x' })).toBe(
      'pods "lost" is forbidden: error looking up service account default/x: serviceaccount "x" not found',
    );
    expect(await refusal('', { serviceAccountName: 'x' }, { generateName: 'web-' })).toContain(
      'pods "web-" is forbidden: error looking up service account',
    );
  });

  test('of a new namespace waits a moment for the account default', async () => {
    const metadata = { name: 'fresh' };
    await admin.request('POST', '/api/v1/namespaces', { body: { metadata } });
    const made = admin.request('POST', path('pods', 'fresh'), { body: podManifest('early') });
    const account = { metadata: { name: 'default' } };
    await admin.request('POST', path('serviceaccounts', 'fresh'), { body: account });
    expect((await made).code).toBe(201);
  });

  test('finds its token, the CA and its namespace in every container', async () => {
    const pod = await makePod('whole', {
      initContainers: [{ name: 'first', image: 'i' }],
      containers: [
        { name: 'main', image: 'i', volumeMounts: [{ name: 'own', mountPath: '/own' }] },
        { name: 'other', image: 'i', volumeMounts: [{ name: 'own', mountPath }] },
      ],
      volumes: [{ name: 'own', emptyDir: {} }],
    });
    const [, volume] = pod.spec.volumes ?? [];
    expect(volume).toEqual({
      name: expect.stringMatching(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/),
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [
                {
                  path: 'namespace',
                  fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' },
                },
              ],
            },
          },
        ],
        defaultMode: 420,
      },
    });
    const mount = { name: volume!.name, readOnly: true, mountPath };
    expect(pod.spec.initContainers!.map(mountsOf)).toEqual([[mount]]);
    expect(pod.spec.containers.map(mountsOf)).toEqual([
      [{ name: 'own', mountPath: '/own' }, mount],
      [{ name: 'own', mountPath }],
    ]);
  });

  test('gets no token when it or its account wants none; the pod’s word counts', async () => {
    await makeAccount('quiet', { automountServiceAccountToken: false });
    const volumesOf = async (name: string, spec: object) =>
      ((await makePod(name, spec)).spec.volumes ?? []).length;
    expect(await volumesOf('n1', { automountServiceAccountToken: false })).toBe(0);
    expect(await volumesOf('n2', { serviceAccountName: 'quiet' })).toBe(0);
    const own = { serviceAccountName: 'quiet', automountServiceAccountToken: true };
    expect(await volumesOf('n3', own)).toBe(1);
  });

  test('with a volume of that name already keeps it', async () => {
    const pod = await makePod('kept', { volumes: [{ name: 'kube-api-access-me', emptyDir: {} }] });
    expect(pod.spec.volumes).toEqual([{ name: 'kube-api-access-me', emptyDir: {} }]);
    expect(pod.spec.containers.map(mountsOf)).toEqual([
      [{ name: 'kube-api-access-me', readOnly: true, mountPath }],
    ]);
  });

  test('pulls with the secrets of its account, unless it names its own', async () => {
    await makeAccount('puller', { imagePullSecrets: [{ name: 'registry' }] });
    const serviceAccountName = 'puller';
    expect((await makePod('p1', { serviceAccountName })).spec.imagePullSecrets).toEqual([
      { name: 'registry' },
    ]);
    const imagePullSecrets = [{ name: 'mine' }];
    const own = await makePod('p2', { serviceAccountName, imagePullSecrets });
    expect(own.spec.imagePullSecrets).toEqual(imagePullSecrets);
  });
});

describe('an account that enforces its secrets', () => {
  const serviceAccountName = 'strict';
  const allowed = 'is not allowed because service account strict does not reference that';

  beforeAll(() =>
    makeAccount(serviceAccountName, {
      metadata: {
        name: 'strict',
        annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' },
      },
      secrets: [{ apiVersion: 'v1', kind: 'Secret', name: 'good' }],
    }),
  );

  const env = (name: string) => [{ name: 'V', valueFrom: { secretKeyRef: { name, key: 'k' } } }];

  test('lets pods use these', async () => {
    await makePod('ok', {
      serviceAccountName,
      volumes: [{ name: 'v', secret: { secretName: 'good' } }],
      containers: [{ name: 'main', image: 'i', env: env('good') }],
    });
  });

  test.each([
    [
      { volumes: [{ name: 'v', secret: { secretName: 'bad' } }] },
      `volume with secret.secretName="bad" ${allowed} secret`,
    ],
    [
      { containers: [{ name: 'main', image: 'i', env: env('bad') }] },
      `container main with envVar V referencing secret.secretName="bad" ${allowed} secret`,
    ],
    [
      { initContainers: [{ name: 'init', image: 'i', env: env('bad') }] },
      `init container init with envVar V referencing secret.secretName="bad" ${allowed} secret`,
    ],
    [
      { imagePullSecrets: [{ name: 'bad' }] },
      `imagePullSecrets[0].name="bad" ${allowed} imagePullSecret`,
    ],
  ])('refuses %j', async (spec, why) => {
    expect(await refusal('bad', { serviceAccountName, ...spec })).toBe(
      `pods "bad" is forbidden: ${why}`,
    );
  });
});

describe('a mirror pod', () => {
  const annotations = { 'kubernetes.io/config.mirror': 'hash' };

  test('is left as it is', async () => {
    const answer = await post('mirror', { nodeName: 'node-1' }, { annotations });
    expect(answer.code, answer.text).toBe(201);
    const { spec } = answer.json<Pod>();
    expect(spec.serviceAccountName).toBeUndefined();
    expect(spec.volumes).toBeUndefined();
  });

  test.each([
    [{ serviceAccountName: 'default' }, 'a mirror pod may not reference service accounts'],
    [
      { volumes: [{ name: 'v', secret: { secretName: 's' } }] },
      'a mirror pod may not reference secrets',
    ],
    [{ imagePullSecrets: [{ name: 's' }] }, 'a mirror pod may not reference secrets'],
    [
      {
        volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }],
      },
      'a mirror pod may not use ServiceAccountToken volume projections',
    ],
  ])('with %j is refused', async (spec, why) => {
    expect(await refusal('bad', spec, { annotations })).toBe(`pods "bad" is forbidden: ${why}`);
  });
});
