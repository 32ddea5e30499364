/** Tokens over real sockets: asked for, shown, reviewed, revoked. */
import { createPublicKey, verify } from 'node:crypto';
import { get } from 'node:https';
import { createSystemClock } from '@drydock/process';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connectClient,
  podManifest,
  startTestServer,
  type Answer,
  type TestClient,
} from '../testing/server.ts';
import { claimsOf, testAuthentication, testIssuer } from '../testing/tokens.ts';
import { useTestServer } from '../testing/use-server.ts';

const { etcd, server, admin } = useTestServer({
  server: { authentication: testAuthentication('ES256') },
});

/** Without a certificate. */
let stranger: TestClient;

interface TokenBody {
  metadata: { name: string; namespace: string; creationTimestamp: string };
  spec: { audiences: string[]; expirationSeconds: number };
  status: { token: string; expirationTimestamp: string };
}
interface ReviewBody {
  status: {
    authenticated?: boolean;
    error?: string;
    audiences?: string[];
    user: { username?: string; groups?: string[]; extra?: Record<string, string[]> };
  };
}
const core = '/api/v1/namespaces/default';
const reviews = '/apis/authentication.k8s.io/v1/tokenreviews';
const message = (answer: Answer) => answer.json<{ message: string }>().message;
const post = (path: string, body: object, client = admin) => client.request('POST', path, { body });
const ask = (spec: object = {}, name = 'robot', client = admin) =>
  post(`${core}/serviceaccounts/${name}/token`, { spec }, client);
const tokenFor = async (spec: object = {}) => {
  const answer = await ask(spec);
  expect(answer.code, answer.text).toBe(201);
  return answer.json<TokenBody>().status.token;
};
const review = async (token: string, audiences: string[] = []) => {
  const answer = await post(reviews, { spec: { token, audiences } });
  expect(answer.code, answer.text).toBe(201);
  return answer.json<ReviewBody>().status;
};

/**
 * What a review says once the cache has heard of what was deleted. Each asks for another audience, as answers are
 * kept for a while.
 */
const refusalOf = (token: string) => {
  let asked = 0;
  return eventually('the token is refused', async () => {
    const status = await review(token, [testIssuer, `x${asked++}`]);
    return status.authenticated === true ? undefined : status;
  });
};
const as = (token: string, path: string) =>
  stranger.request('GET', path, { headers: { authorization: `Bearer ${token}` } });
const create = async (path: string, body: object) => {
  const answer = await post(path, body);
  expect(answer.code, answer.text).toBe(201);
  return answer.json<{ metadata: { uid: string } }>().metadata.uid;
};
const pod = (name: string, spec: object = {}) =>
  podManifest(name, { spec: { serviceAccountName: 'robot', ...spec } });

beforeAll(async () => {
  stranger = connectClient(server.server.securePort, { ca: server.authority.ca });
  await create(`${core}/serviceaccounts`, { metadata: { name: 'robot' } });
});
afterAll(async () => {
  stranger[Symbol.dispose]();
});

describe('asking for a token', () => {
  test('answers with one for an hour and this server', async () => {
    const answer = await ask();
    expect(answer.code).toBe(201);
    const { metadata, spec, status } = answer.json<TokenBody>();
    expect(metadata).toMatchObject({ name: 'robot', namespace: 'default' });
    expect(spec).toEqual({ audiences: [testIssuer], expirationSeconds: 3_600 });
    const { aud, exp, iat, sub } = claimsOf(status.token);
    expect({ aud, sub }).toEqual({ aud: [testIssuer], sub: 'system:serviceaccount:default:robot' });
    expect(exp - iat).toBe(3_600);
    expect(Date.parse(status.expirationTimestamp)).toBe(exp * 1_000);
  });

  test.each([
    [{ expirationSeconds: 599 }, 'less than 10 minutes', 599],
    [{ expirationSeconds: 2 ** 32 + 1 }, 'larger than 2^32 seconds', 2 ** 32 + 1],
  ])('%j is refused', async (spec, words, seconds) => {
    const answer = await ask(spec);
    expect(answer.code).toBe(422);
    expect(message(answer)).toBe(
      `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${seconds}: may not specify a duration ${words}`,
    );
  });

  test('for what is not there, or elsewhere, is refused in upstream words', async () => {
    const missing = await ask({}, 'nobody');
    expect([missing.code, message(missing)]).toEqual([404, 'serviceaccounts "nobody" not found']);
    const other = await post(`${core}/serviceaccounts/robot/token`, {
      metadata: { name: 'other' },
      spec: {},
    });
    expect([other.code, message(other)]).toEqual([
      422,
      'TokenRequest.authentication.k8s.io "robot" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified',
    ]);
    const get = await admin.request('GET', `${core}/serviceaccounts/robot/token`);
    expect(get.code).toBe(405);
  });

  test('bound to an object looks at that object', async () => {
    const bind = (boundObjectRef: object) => ask({ boundObjectRef });
    await create(`${core}/pods`, podManifest('foreign'));
    const uid = await create(`${core}/pods`, pod('bound'));
    const answers = await Promise.all([
      bind({ kind: 'Pod', apiVersion: 'v1', name: 'none' }),
      bind({ kind: 'Pod', apiVersion: 'v1', name: 'foreign' }),
      bind({ kind: 'Pod', apiVersion: 'v1', name: 'bound', uid: 'other' }),
      bind({ kind: 'ConfigMap', apiVersion: 'v1', name: 'x' }),
      bind({ kind: 'Deployment', apiVersion: 'apps/v1', name: 'x' }),
    ]);
    expect(answers.map((answer) => [answer.code, message(answer)])).toEqual([
      [404, 'pods "none" not found'],
      [
        400,
        'cannot bind token for serviceaccount "robot" to pod running with different serviceaccount name.',
      ],
      [
        409,
        'Operation cannot be fulfilled on Pod "bound": the UID in the bound object reference (other) does not match the UID in record. The object might have been deleted and then recreated',
      ],
      [400, 'cannot bind token to object of type /v1, Kind=ConfigMap'],
      [400, 'cannot bind token to object of type apps/v1, Kind=Deployment'],
    ]);
    const token = await tokenFor({
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'bound', uid },
    });
    expect(claimsOf(token)['kubernetes.io']).toMatchObject({ pod: { name: 'bound', uid } });
  });

  test('of the kind that pods get lives for a year, and says when it is stale', async () => {
    await create(`${core}/pods`, pod('extended', { nodeName: 'nowhere' }));
    const answer = await ask({
      expirationSeconds: 3_607,
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'extended' },
    });
    const { spec, status } = answer.json<TokenBody>();
    const { exp, iat, 'kubernetes.io': own } = claimsOf(status.token);
    expect(spec.expirationSeconds).toBe(3_607);
    expect(exp - iat).toBe(31_536_000);
    expect(own).toMatchObject({ warnafter: iat + 3_607, node: { name: 'nowhere' } });
    expect(Date.parse(status.expirationTimestamp)).toBe((iat + 3_607) * 1_000);
  });
});

describe('showing a token', () => {
  test('tells who it is: anyone may read discovery, and nothing more', async () => {
    const token = await tokenFor();
    expect((await as(token, '/apis')).code).toBe(200);
    const refused = await as(token, `${core}/pods`);
    expect(refused.code).toBe(403);
    expect(message(refused)).toContain(
      'User "system:serviceaccount:default:robot" cannot list resource "pods"',
    );
    expect(message(await as('static-alice', `${core}/pods`))).toContain('User "alice" cannot list');
  });

  test('that is none, or for somebody else, is Unauthorized', async () => {
    const foreign = await tokenFor({ audiences: ['vault'] });
    for (const token of ['', 'guess', `${await tokenFor()}x`, foreign]) {
      const answer = await as(token, '/apis');
      expect(answer.code).toBe(401);
      expect(answer.json()).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'Unauthorized',
        reason: 'Unauthorized',
        code: 401,
      });
    }
  });

  test('is as good at the other server, and no good where another key signs', async () => {
    const token = await tokenFor();
    const { authority } = server;
    await using other = await startTestServer(etcd, {
      authority,
      authentication: testAuthentication('RS256'),
    });
    using client = connectClient(other.server.securePort, { ca: authority.ca });
    const headers = { authorization: `Bearer ${token}` };
    expect((await client.request('GET', '/apis', { headers })).code).toBe(401);
    using admin = await other.admin();
    const issued = await ask({}, 'robot', admin);
    const { status } = issued.json<TokenBody>();
    const own = { authorization: `Bearer ${status.token}` };
    expect((await client.request('GET', '/apis', { headers: own })).code).toBe(200);
  });

  test('ends with its pod, when what was remembered is forgotten', async () => {
    const { authority } = server;
    await using fast = await startTestServer(etcd, {
      authority,
      authentication: testAuthentication('ES256'),
      clock: createSystemClock(0.05),
    });
    using client = await fast.admin();
    await create(`${core}/pods`, pod('short'));
    const bound = { kind: 'Pod', apiVersion: 'v1', name: 'short' };
    const { status } = (await ask({ boundObjectRef: bound }, 'robot', client)).json<TokenBody>();
    using nobody = connectClient(fast.server.securePort, { ca: authority.ca });
    const headers = { authorization: `Bearer ${status.token}` };
    expect((await nobody.request('GET', '/apis', { headers })).code).toBe(200);
    await admin.request('DELETE', `${core}/pods/short`, { body: { gracePeriodSeconds: 0 } });
    await eventually('the token is refused', async () => {
      return (await nobody.request('GET', '/apis', { headers })).code === 401;
    });
  });
});

describe('TokenReview', () => {
  test('tells whose a token is', async () => {
    const uid = await create(`${core}/secrets`, { metadata: { name: 'bound' } });
    const token = await tokenFor({
      boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'bound', uid },
    });
    expect(await review(token)).toMatchObject({
      authenticated: true,
      audiences: [testIssuer],
      user: {
        username: 'system:serviceaccount:default:robot',
        groups: [
          'system:serviceaccounts',
          'system:serviceaccounts:default',
          'system:authenticated',
        ],
        extra: {
          'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=[0-9a-f-]+$/)],
        },
      },
    });
    await admin.request('DELETE', `${core}/secrets/bound`);
    expect(await refusalOf(token)).toEqual({
      user: {},
      error: '[invalid bearer token, service account token has been invalidated]',
    });
  });

  test('tells the node of a token that is bound to one, until the node is another', async () => {
    const node = { metadata: { name: 'node-9' } };
    const uid = await create('/api/v1/nodes', node);
    const token = await tokenFor({
      boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: 'node-9' },
    });
    expect(await review(token)).toMatchObject({
      user: {
        extra: {
          'authentication.kubernetes.io/node-name': ['node-9'],
          'authentication.kubernetes.io/node-uid': [uid],
        },
      },
    });
    await admin.request('DELETE', '/api/v1/nodes/node-9');
    const second = await create('/api/v1/nodes', node);
    expect((await refusalOf(token)).error).toBe(
      `[invalid bearer token, node UID (${second}) does not match service account node ref claim (${uid})]`,
    );
  });

  test('tells for whom it is good', async () => {
    const token = await tokenFor({ audiences: ['vault', 'bank'] });
    expect(await review(token, ['vault'])).toMatchObject({ audiences: ['vault'] });
    expect(await review(token)).toEqual({
      user: {},
      error: `[invalid bearer token, token audiences ["vault" "bank"] is invalid for the target audiences ["${testIssuer}"]]`,
    });
    expect(await review('guess')).toEqual({ user: {}, error: 'invalid bearer token' });
    expect(await review('static-alice')).toMatchObject({
      user: { username: 'alice', uid: 'u-1', groups: ['dev', 'system:authenticated'] },
    });
  });

  test('needs a token, is created only, and is discovered', async () => {
    const empty = await post(reviews, { spec: {} });
    expect([empty.code, message(empty)]).toEqual([
      400,
      'token is required for TokenReview in authentication',
    ]);
    expect((await admin.request('GET', reviews)).code).toBe(405);
    const list = (await admin.request('GET', '/apis/authentication.k8s.io/v1')).json();
    expect(list).toMatchObject({
      resources: [{ name: 'selfsubjectreviews' }, { name: 'tokenreviews', verbs: ['create'] }],
    });
  });
});

describe('OpenID discovery', () => {
  test('lets a service account find the keys, and anyone verify with them', async () => {
    const token = await tokenFor({ audiences: ['vault'] });
    const own = await tokenFor();
    const configuration = await as(own, '/.well-known/openid-configuration');
    expect(configuration.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'public, max-age=3600',
    });
    const { issuer, jwks_uri } = configuration.json<{ issuer: string; jwks_uri: string }>();
    expect(issuer).toBe(testIssuer);
    expect(new URL(jwks_uri).pathname).toBe('/openid/v1/jwks');
    const jwks = await as(own, '/openid/v1/jwks');
    expect(jwks.headers['content-type']).toBe('application/jwk-set+json');
    const [key] = jwks.json<{ keys: Record<string, string>[] }>().keys;
    const [header, payload, signature] = token.split('.') as [string, string, string];
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'ES256',
      kid: key!['kid'],
    });
    const isGood = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      { key: createPublicKey({ key: key!, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    expect(isGood).toBe(true);
    expect((await as('static-alice', '/openid/v1/jwks')).code).toBe(403);
  });
});

describe('nodes', () => {
  test('get tokens of their own pods only, for audiences of these', async () => {
    using agent = await server.client('system:node:node-7', 'system:nodes');
    const projected = {
      sources: [
        { serviceAccountToken: { path: 'token' } },
        { serviceAccountToken: { path: 'vault', audience: 'vault' } },
      ],
    };
    const volumes = [{ name: 'tokens', projected }];
    const uid = await create(`${core}/pods`, pod('mine', { nodeName: 'node-7', volumes }));
    const theirs = await create(`${core}/pods`, pod('theirs', { nodeName: 'node-8' }));
    const node = (spec: object) => ask(spec, 'robot', agent);
    const reference = { kind: 'Pod', apiVersion: 'v1', name: 'mine', uid };
    const why = async (spec: object) => {
      const answer = await node(spec);
      return `${answer.code} ${message(answer)}`;
    };
    const forbidden = '403 serviceaccounts "robot" is forbidden:';
    expect(await why({})).toBe(`${forbidden} node requested token not bound to a pod`);
    expect(await why({ boundObjectRef: { ...reference, kind: 'Node' } })).toBe(
      `${forbidden} node requested token not bound to a pod`,
    );
    expect(await why({ boundObjectRef: { ...reference, uid: '' } })).toBe(
      `${forbidden} node requested token with a pod binding without a uid`,
    );
    expect(await why({ boundObjectRef: { ...reference, uid: 'x' } })).toBe(
      `${forbidden} the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated`,
    );
    expect(await why({ boundObjectRef: { ...reference, name: 'theirs', uid: theirs } })).toBe(
      `${forbidden} node requested token bound to a pod scheduled on a different node`,
    );
    expect(await why({ boundObjectRef: { ...reference, name: 'none' } })).toBe(
      '404 pods "none" not found',
    );
    expect(await why({ audiences: ['bank'], boundObjectRef: reference })).toBe(
      `${forbidden} audience "bank" not found in pod spec volume`,
    );
    expect(await why({ audiences: ['vault', 'bank'], boundObjectRef: reference })).toBe(
      `${forbidden} node may only request 0 or 1 audiences`,
    );
    expect((await node({ boundObjectRef: reference })).code).toBe(201);
    expect((await node({ audiences: ['vault'], boundObjectRef: reference })).code).toBe(201);
  });
});

test('a longest life shortens what is asked for, and says so', async () => {
  await using strict = await startTestServer(etcd, {
    authority: server.authority,
    authentication: testAuthentication('ES256', { tokenSecondsMax: 3_600, extendsTokens: false }),
  });
  using client = await strict.admin();
  const answer = await ask({ expirationSeconds: 7_200 }, 'robot', client);
  expect(answer.headers['warning']).toBe(
    '299 - "requested expiration of 7200 seconds shortened to 3600 seconds"',
  );
  expect(answer.json<TokenBody>().spec.expirationSeconds).toBe(3_600);
});

test('a server without a key signs nothing and says why', async () => {
  await using keyless = await startTestServer(etcd, { authority: server.authority });
  using client = await keyless.admin();
  const answer = await ask({}, 'robot', client);
  expect(answer.code).toBe(500);
  expect(message(answer)).toContain('--service-account-signing-key-file');
  expect((await client.request('GET', '/openid/v1/jwks')).code).toBe(404);
});

test('a token in the Authorization header works over HTTP/1.1 too', async () => {
  const token = await tokenFor();
  const code = await new Promise((resolve, reject) => {
    const options = { ca: server.authority.ca, headers: { authorization: `bearer ${token}` } };
    get(`https://localhost:${server.server.securePort}/apis`, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
  expect(code).toBe(200);
});
