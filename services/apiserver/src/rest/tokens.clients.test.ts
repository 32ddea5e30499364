/** The real kubectl asks for tokens, and shows them. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { skipOldKubectl, startKubectl, type Kubectl } from '../testing/kubectl.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';
import { claimsOf, testAuthentication, testIssuer } from '../testing/tokens.ts';

/** The first release with `create token`. */
const minorMin = 24;

let etcd: TestEtcd;
let server: TestServer;
let client: Kubectl;

const kubectl = async (line: string, stdin?: string) => (await client.succeed(line, stdin)).trim();
const refusal = (line: string) => client.refused(line);
/** As one who has a token alone. */
const withToken = async (token: string, line: string) => {
  const words = ['--context', 'stranger', '--token', token, ...line.split(' ')];
  const { code, out, err } = await client.run(words);
  return { code, out: out.trim(), err: err.trim() };
};

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  server = await startTestServer(etcd, {
    authentication: testAuthentication('RS256'),
    disabledAdmissionPlugins: [],
  });
  client = await startKubectl(server, { users: { stranger: undefined } });
  await kubectl('create serviceaccount default');
  await kubectl('create serviceaccount robot');
});
beforeEach((context) => skipOldKubectl(context, minorMin));
afterAll(async () => {
  client[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

test('create token prints a token for an hour, and --duration for longer', async () => {
  const lifeOf = (token: string) => claimsOf(token).exp - claimsOf(token).iat;
  const token = await kubectl('create token robot');
  expect(claimsOf(token)).toMatchObject({
    aud: [testIssuer],
    sub: 'system:serviceaccount:default:robot',
  });
  expect(lifeOf(token)).toBe(3_600);
  expect(lifeOf(await kubectl('create token robot --duration=2h'))).toBe(7_200);
  const vault = await kubectl('create token robot --audience=vault --audience=bank');
  expect(claimsOf(vault).aud).toEqual(['vault', 'bank']);
});

test('what is asked wrongly is refused in upstream words', async () => {
  expect(await refusal('create token robot --duration=1m')).toBe(
    'error: failed to create token: TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
  );
  expect(await refusal('create token nobody')).toBe(
    'error: failed to create token: serviceaccounts "nobody" not found',
  );
});

test('a token says who sends a command', async () => {
  const token = await kubectl('create token robot');
  const version = await withToken(token, 'get --raw /version');
  expect(version.out).toContain('"minor":"32"');
  const pods = await withToken(token, 'get pods');
  expect(pods.err).toBe(
    'Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:default:robot" cannot list resource "pods" in API group "" in the namespace "default"',
  );
  expect((await withToken('static-alice', 'get pods')).err).toContain('User "alice" cannot list');
});

test('a token that is none is answered as kubectl expects', async () => {
  const guess = await withToken('guess', 'get pods');
  expect(guess.err).toBe('error: You must be logged in to the server (Unauthorized)');
});

test('a token that is bound to a pod ends with it', async () => {
  const manifest =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: i}]}';
  expect(await kubectl('create -f -', manifest)).toBe('pod/web created');
  const bind = 'create token default --bound-object-kind=Pod --bound-object-name=web';
  expect(await refusal(`${bind} --bound-object-uid=other`)).toContain(
    'the UID in the bound object reference (other) does not match the UID in record',
  );
  const token = await kubectl(bind);
  expect((await withToken(token, 'get --raw /version')).code).toBe(0);
  const review = async () =>
    JSON.parse(
      await kubectl(
        'create --raw /apis/authentication.k8s.io/v1/tokenreviews -f -',
        JSON.stringify({ spec: { token, audiences: [testIssuer] } }),
      ),
    ) as { status: unknown };
  await kubectl('delete pod web --force --grace-period=0');
  expect((await review()).status).toEqual({
    user: {},
    error: '[invalid bearer token, service account token has been invalidated]',
  });
});

test('a pod of kubectl run finds its token where describe says that it is', async () => {
  await kubectl('run shown --image=i');
  const described = await kubectl('describe pod shown');
  expect(described).toMatch(
    /\/var\/run\/secrets\/kubernetes\.io\/serviceaccount from kube-api-access-\w{5} \(ro\)/,
  );
  expect(described).toMatch(/TokenExpirationSeconds:\s+3607/);
  expect(described).toMatch(/ConfigMapName:\s+kube-root-ca\.crt/);
  expect(described).toMatch(/Service Account:\s+default/);
  expect(await refusal('run lost --image=i --overrides={"spec":{"serviceAccountName":"x"}}')).toBe(
    'Error from server (Forbidden): pods "lost" is forbidden: error looking up service account default/x: serviceaccount "x" not found',
  );
});

test('the keys are found by who may', async () => {
  const token = await kubectl('create token robot');
  const configuration = await withToken(token, 'get --raw /.well-known/openid-configuration');
  expect(JSON.parse(configuration.out)).toMatchObject({
    issuer: testIssuer,
    id_token_signing_alg_values_supported: ['RS256'],
  });
  const keys = await withToken(token, 'get --raw /openid/v1/jwks');
  expect(JSON.parse(keys.out)).toMatchObject({ keys: [{ kty: 'RSA', use: 'sig', alg: 'RS256' }] });
});
