/** The real Helm against a whole cluster of ours: the life of a release, as people lead it. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestCluster } from './testing/agent.ts';
import { startTestEtcd } from './testing/etcd.ts';
import { createHelm, findHelm } from './testing/helm.ts';
import { startKubectl, type Kubectl } from './testing/kubectl.ts';
import { startWholeCluster } from './testing/kubectl-scripts/cluster.ts';

const chart = join(import.meta.dirname, 'testdata/helm/web');
const found = findHelm();

const parts = new AsyncDisposableStack();
let cluster: TestCluster;
let client: Kubectl;
let helm: ReturnType<typeof createHelm>;

beforeAll(async () => {
  if (!('program' in found)) return;
  const members = parts.use(await startTestEtcd(1, { server: 'ours' }));
  cluster = parts.use(await startWholeCluster(members));
  client = parts.use(await startKubectl(cluster.server));
  helm = createHelm(found.program, client);
});
afterAll(() => parts.disposeAsync());

async function succeed(line: string): Promise<string> {
  const { code, out, err } = await helm(line);
  expect(code, `helm ${line}: ${err}`).toBe(0);
  return out;
}
async function refused(line: string): Promise<string> {
  const { code, err } = await helm(line);
  expect(code, `helm ${line}`).toBe(1);
  return err.trim();
}
const get = async <T>(path: string) => (await cluster.admin.request('GET', path)).json<T>();
interface Deployed {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
}
const deployment = () => get<Deployed>('/apis/apps/v1/namespaces/default/deployments/web');
const color = async () =>
  (await get<{ data: { color: string } }>('/api/v1/namespaces/default/configmaps/web')).data.color;
const names = async (path: string) =>
  (await get<{ items: { metadata: { name: string } }[] }>(path)).items.map(
    ({ metadata }) => metadata.name,
  );
const nowhere = '--set nodeSelector.no=such';

describe('a release', () => {
  if (!('program' in found)) {
    test('of Helm', (context) => context.skip(found.reason));
    return;
  }

  test('is installed, and waited for until it is ready', async () => {
    const said = await succeed(`install web ${chart} --wait --timeout 60s --set replicas=2`);
    expect(said).toMatch(/^STATUS: deployed\nREVISION: 1$/m);
    expect(said).toContain('web is blue, and Kubernetes is 1.32.\nIt was nothing before.');
    expect((await deployment()).status.readyReplicas).toBe(2);
    expect(await names('/api/v1/namespaces/default/secrets')).toEqual([
      'sh.helm.release.v1.web.v1',
    ]);
    expect(await refused(`install web ${chart}`)).toBe(
      'Error: INSTALLATION FAILED: cannot re-use a name that is still in use',
    );
  });

  test('is shown: list, status, what it is made of', async () => {
    const [listed] = JSON.parse(await succeed('list -o json')) as object[];
    expect(listed).toMatchObject({
      name: 'web',
      namespace: 'default',
      revision: '1',
      status: 'deployed',
      chart: 'web-1.2.3',
      app_version: '4.5',
    });
    const status = await succeed('status web --show-resources');
    expect(status).toMatch(/^STATUS: deployed$/m);
    expect(status).toMatch(
      /^==> v1\/Deployment\nNAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +2\/2 +2 +2 /m,
    );
    expect(status).toMatch(/^==> v1\/Pod\(related\)\n/m);
    expect(await succeed('get values web -o json')).toBe('{"replicas":2}\n');
    const manifest = await succeed('get manifest web');
    expect(manifest.match(/^kind: (\w+)$/gm)).toEqual(
      ['ServiceAccount', 'ConfigMap', 'Service', 'Deployment'].map((kind) => `kind: ${kind}`),
    );
    expect(await succeed('get hooks web')).toContain('helm.sh/hook: pre-upgrade');
    expect(await succeed('get notes web')).toContain('web is blue');
  });

  test('is tried by its own test', async () => {
    const said = await succeed('test web --timeout 60s');
    expect(said).toMatch(/^TEST SUITE: +web-answers$/m);
    expect(said).toMatch(/^Phase: +Succeeded$/m);
    // Again: the pod of before makes way.
    await succeed('test web --timeout 60s');
  });

  test('is told what a server would say of an upgrade, which changes nothing', async () => {
    const said = await succeed(`upgrade web ${chart} --dry-run=server --set color=red`);
    expect(said).toContain('color: "red"');
    expect(said).toContain('It was blue before.');
    expect(await color()).toBe('blue');
  });

  test('is upgraded: hooks first, and what others changed stays', async () => {
    await client.succeed('label deployment web mine=yes');
    await client.succeed('scale deployment web --replicas=3');
    const said = await succeed(
      `upgrade web ${chart} --wait --timeout 60s --set replicas=2,color=red,image=web:2`,
    );
    expect(said).toMatch(/^STATUS: deployed\nREVISION: 2$/m);
    const { metadata, spec, status } = await deployment();
    expect(metadata.labels['mine']).toBe('yes');
    expect([spec.replicas, status.readyReplicas, await color()]).toEqual([2, 2, 'red']);
    expect(await names('/api/v1/namespaces/default/pods')).not.toContain('web-before-upgrade');
  });

  test('that does not become ready is rolled back at once', async () => {
    const said = await refused(
      `upgrade web ${chart} --atomic --timeout 8s --set color=green,image=web:3 ${nowhere}`,
    );
    expect(said).toMatch(
      /^Error: UPGRADE FAILED: release web failed, and has been rolled back due to atomic being set: .*deadline exceeded$/,
    );
    expect(await color()).toBe('red');
    const history = JSON.parse(await succeed('history web -o json')) as Record<string, unknown>[];
    expect(history.map(({ revision, status }) => [revision, status])).toEqual([
      [1, 'superseded'],
      [2, 'superseded'],
      [3, 'failed'],
      [4, 'deployed'],
    ]);
    expect(history[3]!['description']).toBe('Rollback to 2');
  });

  test('is rolled back to what it was', async () => {
    expect(await succeed('rollback web 1 --wait --timeout 60s')).toBe(
      'Rollback was a success! Happy Helming!\n',
    );
    expect([(await deployment()).status.readyReplicas, await color()]).toEqual([2, 'blue']);
    expect(await refused('rollback web 9')).toBe('Error: release has no 9 version');
  });

  test('of another name does not take what is there', async () => {
    await client.succeed('create configmap other --from-literal=color=mine');
    expect(await refused(`install other ${chart}`)).toContain(
      'ConfigMap "other" in namespace "default" exists and cannot be imported into the current release: invalid ownership metadata',
    );
    expect(await succeed('list -q')).toBe('web\n');
  });

  test('that cannot be installed leaves nothing', async () => {
    const said = await refused(`install failing ${chart} --atomic --timeout 8s ${nowhere}`);
    expect(said).toMatch(
      /^Error: INSTALLATION FAILED: release failing failed, and has been uninstalled due to atomic being set: /,
    );
    for (const path of ['services', 'configmaps', 'serviceaccounts', 'secrets']) {
      const left = await names(`/api/v1/namespaces/default/${path}`);
      expect(left.filter((name) => name.includes('failing'))).toEqual([]);
    }
  });

  test('is kept in a namespace that is made for it', async () => {
    await succeed(
      `upgrade --install second ${chart} -n far --create-namespace --wait --timeout 60s`,
    );
    expect((await succeed('list -A -q')).split('\n').toSorted()).toEqual(['', 'second', 'web']);
    expect(await succeed('uninstall second -n far')).toBe('release "second" uninstalled\n');
  });

  test('is uninstalled with all that belongs to it', async () => {
    expect(await succeed('uninstall web --wait --timeout 60s --keep-history')).toBe(
      'release "web" uninstalled\n',
    );
    expect(await client.refused('get deployment web')).toContain('NotFound');
    expect(await succeed('list --all -q')).toBe('web\n');
    await succeed('uninstall web');
    expect(await succeed('list --all -q')).toBe('');
    expect(await names('/api/v1/namespaces/default/secrets')).toEqual([]);
  });
});
