/** The real kubectl asks for tokens, and shows them. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';
import { claimsOf, testAuthentication, testIssuer } from '../testing/tokens.ts';

const program = process.env['DRYDOCK_KUBECTL'] ?? 'kubectl';
/** The first release with `create token`. */
const minorMin = 24;

let etcd: TestEtcd;
let server: TestServer;
let home: string;

/** `withoutCertificate`: as one who has a token alone. */
function run(
  words: readonly string[],
  { withoutCertificate = false, stdin }: { withoutCertificate?: boolean; stdin?: string } = {},
): Promise<{ code: number; out: string; err: string }> {
  const config = join(home, withoutCertificate ? 'stranger' : 'admin');
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...words],
      { env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: config }, timeout: 30_000 },
      (error, out, err) => {
        const code = error === null ? 0 : Number(error.code ?? 1);
        resolve({ code, out: out.trim(), err: err.trim() });
      },
    );
    if (stdin !== undefined) child.stdin?.end(stdin);
  });
}
const kubectl = async (line: string, stdin?: string) => {
  const { code, out, err } = await run(line.split(' '), stdin === undefined ? {} : { stdin });
  expect(code, `kubectl ${line}: ${err}`).toBe(0);
  return out;
};
const refusal = async (line: string) => {
  const { code, err } = await run(line.split(' '));
  expect(code, `kubectl ${line}`).not.toBe(0);
  return err;
};
const withToken = (token: string, line: string) =>
  run(['--token', token, ...line.split(' ')], { withoutCertificate: true });

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  server = await startTestServer(etcd, {
    authentication: testAuthentication('RS256'),
    disabledAdmissionPlugins: [],
  });
  home = mkdtempSync(join(tmpdir(), 'drydock-kubectl-'));
  const { cert, key, ca } = await server.certificate('kubernetes-admin', 'system:masters');
  const user = {
    'client-certificate-data': cert.toString('base64'),
    'client-key-data': key.toString('base64'),
  };
  const cluster = {
    server: `https://localhost:${server.server.securePort}`,
    'certificate-authority-data': ca.toString('base64'),
  };
  const configOf = (user: object) => ({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'me' } }],
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'me', user }],
  });
  writeFileSync(join(home, 'admin'), JSON.stringify(configOf(user)));
  writeFileSync(join(home, 'stranger'), JSON.stringify(configOf({})));
  await kubectl('create serviceaccount default');
  await kubectl('create serviceaccount robot');
});
beforeEach((context) => {
  const version = execFileSync(program, ['version', '--client', '-o', 'json']).toString();
  const minor = Number(/"minor": "(\d+)/.exec(version)?.[1]);
  context.skip(minor < minorMin, `kubectl 1.${minor} has no "create token"`);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
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
