/** The life of a CertificateSigningRequest, and what else serves a part of an object by its own rules. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CertificateSigningRequest } from '@drydock/api';
import { certificateRequest, signatureAlgorithms } from '../../testing/certificate-requests.ts';
import { type TestClient } from '../../testing/server.ts';
import { useTestServer } from '../../testing/use-server.ts';

const { server } = useTestServer();

let jane: TestClient;

beforeAll(async () => {
  jane = await server.client('jane', 'system:masters');
});
afterAll(async () => {
  jane[Symbol.dispose]();
});

const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const body = (name: string, request: string) => ({
  metadata: { name },
  spec: {
    request,
    signerName: 'example.com/signer',
    usages: ['client auth'],
    username: 'root',
    groups: ['nobody'],
  },
});
const base64 = (text: string) => Buffer.from(text).toString('base64');
const certificate = base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');

async function ask(
  method: string,
  at: string,
  content?: unknown,
): Promise<CertificateSigningRequest> {
  const answer = await jane.request(method, at, { body: content });
  if (answer.code >= 300) throw new Error(answer.text);
  return answer.json<CertificateSigningRequest & Record<string, unknown>>();
}

test('it is asked for, approved and issued', async () => {
  const request = certificateRequest('ec', signatureAlgorithms.ecdsa);
  const made = await ask('POST', path, body('a', request));
  expect(made.spec).toMatchObject({
    username: 'jane',
    groups: ['system:masters', 'system:authenticated'],
  });
  expect(made.status).toEqual({});

  made.status.conditions = [{ type: 'Approved', status: 'True', reason: 'r', message: 'm' }];
  made.status.certificate = certificate;
  const approved = await ask('PUT', `${path}/a/approval`, made);
  expect(approved.status).toEqual({
    conditions: [
      {
        type: 'Approved',
        status: 'True',
        reason: 'r',
        message: 'm',
        lastUpdateTime: expect.any(String) as unknown,
        lastTransitionTime: expect.any(String) as unknown,
      },
    ],
  });
  expect(await ask('GET', `${path}/a/approval`)).toEqual(approved);

  const issued = await ask('PUT', `${path}/a/status`, {
    ...approved,
    status: { ...approved.status, certificate },
  });
  expect(issued.status).toEqual({ ...approved.status, certificate });

  const decided = await jane.request('PATCH', `${path}/a/status`, {
    body: { status: { conditions: [] } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  expect(decided.code).toBe(422);
  expect(decided.json()['message']).toBe(
    'CertificateSigningRequest.certificates.k8s.io "a" is invalid: status.conditions: Forbidden: updates may not remove a condition of type "Approved"',
  );

  const found = await ask('GET', `${path}?fieldSelector=spec.signerName%3Dexample.com/signer`);
  expect((found as unknown as { items: unknown[] }).items).toHaveLength(1);
});

test('it is refused when it is not signed with its own key', async () => {
  const request = certificateRequest('ec', signatureAlgorithms.ecdsa, { spoil: true });
  const refused = await jane.request('POST', path, { body: body('b', request) });
  expect(refused.code).toBe(422);
  expect(refused.json()['message']).toMatch(
    /is invalid: spec.request: Invalid value: \[\]byte\{0x2d, .*\}: x509: ECDSA verification failure$/,
  );
});

describe('who decides needs a right for the signer', () => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const grant = async (name: string, rules: object[]) => {
    const metadata = { name };
    await ask('POST', `${rbac}/clusterroles`, { metadata, rules });
    await ask('POST', `${rbac}/clusterrolebindings`, {
      metadata,
      subjects: [{ kind: 'User', name: 'joe', apiGroup: 'rbac.authorization.k8s.io' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    });
  };
  const apiGroups = ['certificates.k8s.io'];
  const conditions = [{ type: 'Approved', status: 'True', reason: 'r', message: 'm' }];
  const right = (verb: string, signer: string) => [
    { apiGroups, resources: ['signers'], resourceNames: [signer], verbs: [verb] },
  ];

  test.each([
    ['approval', 'approve', { conditions }, 'example.com/signer'],
    ['status', 'sign', { certificate }, 'example.com/*'],
  ])('%s', async (part, verb, status, signer) => {
    const resources = ['certificatesigningrequests', `certificatesigningrequests/${part}`];
    await grant(`joe-${part}`, [{ apiGroups, resources, verbs: ['*'] }]);
    const request = certificateRequest('ec', signatureAlgorithms.ecdsa);
    const made = await ask('POST', path, body(`joe-${part}`, request));
    const at = `${path}/joe-${part}`;
    if (verb === 'sign') await ask('PUT', `${at}/approval`, { ...made, status: { conditions } });
    using joe = await server.client('joe');
    const decide = () =>
      joe.request('PATCH', `${at}/${part}`, {
        body: { status },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    const refused = await decide();
    expect(refused.code).toBe(403);
    expect(refused.json()['message']).toBe(
      `certificatesigningrequests.certificates.k8s.io "joe-${part}" is forbidden: user not permitted to ${verb} requests with signerName "example.com/signer"`,
    );
    await grant(`joe-${verb}`, right(verb, signer));
    expect((await decide()).code).toBe(200);
  });

  test('a status update that decides nothing needs none', async () => {
    const request = certificateRequest('ec', signatureAlgorithms.ecdsa);
    await ask('POST', path, body('idle', request));
    using joe = await server.client('joe');
    const answer = await joe.request('PATCH', `${path}/idle/status`, {
      body: { metadata: { labels: { a: 'b' } } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(answer.code).toBe(200);
  });
});

test('nobody asks the signer of clients for the group that may do anything', async () => {
  const organizations = ['people', 'system:masters'];
  const request = certificateRequest('ec', signatureAlgorithms.ecdsa, { organizations });
  const wanted = body('masters', request);
  const signerName = 'kubernetes.io/kube-apiserver-client';
  const refused = await jane.request('POST', path, {
    body: { ...wanted, spec: { ...wanted.spec, signerName } },
  });
  expect(refused.code).toBe(403);
  expect(refused.json()['message']).toBe(
    `certificatesigningrequests.certificates.k8s.io "masters" is forbidden: use of ${signerName} signer with system:masters group is not allowed`,
  );
  expect((await jane.request('POST', path, { body: wanted })).code).toBe(201);
});

test('approval is of certificate requests alone', async () => {
  const answer = await jane.request('GET', '/api/v1/namespaces/default/pods/a/approval');
  expect(answer.code).toBe(404);
});

test('an autoscaler is served as autoscaling/v2', async () => {
  const at = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
  const spec = { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 3 };
  const made = await jane.request('POST', at, { body: { metadata: { name: 'web' }, spec } });
  expect(made.code).toBe(201);
  expect(made.json()).toMatchObject({
    apiVersion: 'autoscaling/v2',
    spec: { minReplicas: 1, metrics: [{ type: 'Resource' }] },
  });
  const shown = await jane.request('GET', `${at}/web`, {
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  });
  expect(shown.json<{ rows: { cells: unknown[] }[] }>().rows[0]!.cells.slice(0, 6)).toEqual([
    'web',
    'Deployment/web',
    'cpu: <unknown>/80%',
    '1',
    3,
    0,
  ]);
});
