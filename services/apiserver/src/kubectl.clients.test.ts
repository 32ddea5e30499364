/** The real kubectl against a server of ours: what people type, and what they read back. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { startTestEtcd, type TestEtcd } from './testing/etcd.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

const program = process.env['DRYDOCK_KUBECTL'] ?? 'kubectl';

let etcd: TestEtcd;
let server: TestServer;
let home: string;

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs kubectl with a home of its own, where it keeps what it learnt of this server alone. */
function run(words: readonly string[], stdin?: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...words],
      {
        env: {
          PATH: process.env['PATH'],
          HOME: home,
          KUBECONFIG: join(home, 'config'),
          KUBE_EDITOR: "sed -i 's/first/second/'",
        },
        timeout: 30_000,
      },
      (error, out, err) => {
        const code = error === null ? 0 : Number(error.code ?? 1);
        resolve({ code, out, err });
      },
    );
    if (stdin !== undefined) child.stdin?.end(stdin);
  });
}

const kubectl = async (line: string, stdin?: string): Promise<string> => {
  const { code, out, err } = await run(line.split(' '), stdin);
  expect(code, `kubectl ${line}: ${err}`).toBe(0);
  return out;
};
const refused = async (line: string, stdin?: string): Promise<string> => {
  const { code, err } = await run(line.split(' '), stdin);
  expect(code, `kubectl ${line}`).not.toBe(0);
  return err.trim();
};

/** The first release that leaves validation to the server and reads OpenAPI v3. */
const minorMin = 27;

/** Older releases work, but judge bodies themselves and print other words. */
function skipOldKubectl(context: TestContext): void {
  const version = execFileSync(program, ['version', '--client', '-o', 'json']).toString();
  const minor = Number(/"minor": "(\d+)/.exec(version)?.[1]);
  const reason = `kubectl 1.${minor} is older than 1.${minorMin}; see docs/guides/getting-kubectl-and-etcdctl.md`;
  context.skip(minor < minorMin, reason);
}

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  server = await startTestServer(etcd);
  home = mkdtempSync(join(tmpdir(), 'drydock-kubectl-'));
  const { cert, key, ca } = await server.certificate('kubernetes-admin', 'system:masters');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    clusters: [
      {
        name: 'test',
        cluster: {
          server: `https://localhost:${server.server.securePort}`,
          'certificate-authority-data': ca.toString('base64'),
        },
      },
    ],
    users: [
      {
        name: 'admin',
        user: {
          'client-certificate-data': cert.toString('base64'),
          'client-key-data': key.toString('base64'),
        },
      },
    ],
  };
  writeFileSync(join(home, 'config'), JSON.stringify(config));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx:1, ports: [{containerPort: 80}]}
`;

test('version and api-resources tell what is served', async (context) => {
  skipOldKubectl(context);
  expect(await kubectl('version')).toContain('Server Version: v1.32');
  const resources = await kubectl('api-resources -o name');
  expect(resources.trim().split('\n').sort()).toEqual([
    'configmaps',
    'deployments.apps',
    'endpointslices.discovery.k8s.io',
    'events',
    'leases.coordination.k8s.io',
    'namespaces',
    'nodes',
    'pods',
    'replicasets.apps',
    'secrets',
    'serviceaccounts',
    'services',
    'tokenreviews.authentication.k8s.io',
  ]);
  expect(await kubectl('get ns -o name')).toBe(
    'namespace/default\nnamespace/kube-node-lease\nnamespace/kube-public\nnamespace/kube-system\n',
  );
});

test('apply creates, changes nothing the second time, and merges a change', async () => {
  expect(await kubectl('apply -f -', deployment)).toBe('deployment.apps/web created\n');
  expect(await kubectl('apply -f -', deployment)).toBe('deployment.apps/web unchanged\n');
  const changed = deployment.replace('nginx:1', 'nginx:2').replace('replicas: 3', 'replicas: 2');
  expect(await kubectl('apply -f -', changed)).toBe('deployment.apps/web configured\n');
  expect(
    await kubectl(
      'get deploy web -o jsonpath={.spec.replicas}/{.spec.template.spec.containers[0].image}/{.metadata.generation}',
    ),
  ).toBe('2/nginx:2/2');
});

test('diff shows what an apply would change', async (context) => {
  skipOldKubectl(context);
  const { code, out } = await run(['diff', '-f', '-'], deployment.replace('nginx:1', 'nginx:3'));
  expect(code).toBe(1);
  expect(out).toMatch(/^-.*nginx:2\n\+.*nginx:3$/m);
});

test('get shows tables, wide, labels, selections and all namespaces', async (context) => {
  skipOldKubectl(context);
  expect(await kubectl('get deploy')).toMatch(
    /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/2 +0 +0 +\d+s\n$/,
  );
  expect(await kubectl('get deploy -o wide')).toMatch(/web +0\/2 .* web +nginx:2 +app=web/);
  expect(await kubectl('get deploy -A')).toMatch(/^NAMESPACE +NAME .*\ndefault +web/);
  expect(await kubectl('get deploy -l app=web -o name')).toBe('deployment.apps/web\n');
  expect(await kubectl('get deploy --field-selector metadata.name=web -o name')).toBe(
    'deployment.apps/web\n',
  );
  expect((await run(['get', 'deploy', '-l', 'app=other'])).err).toBe(
    'No resources found in default namespace.\n',
  );
  expect(await kubectl('get deploy --show-labels')).toContain('app=web');
  expect(await kubectl('get all')).toContain('deployment.apps/web');
});

test('scale, label, annotate, set, patch and edit change an object', async () => {
  expect(await kubectl('scale deploy/web --replicas 6')).toBe('deployment.apps/web scaled\n');
  expect(await kubectl('scale deploy/web --replicas 3 --current-replicas 6')).toBe(
    'deployment.apps/web scaled\n',
  );
  expect(await kubectl('label deploy web tier=front')).toBe('deployment.apps/web labeled\n');
  expect(await kubectl('annotate deploy web note=first')).toBe('deployment.apps/web annotated\n');
  expect(await kubectl('set image deploy/web web=nginx:3')).toBe(
    'deployment.apps/web image updated\n',
  );
  expect(await kubectl('patch deploy web -p {"spec":{"minReadySeconds":5}}')).toBe(
    'deployment.apps/web patched\n',
  );
  expect(
    await kubectl(
      'patch deploy web --type=json -p [{"op":"remove","path":"/spec/minReadySeconds"}]',
    ),
  ).toBe('deployment.apps/web patched\n');
  expect(await kubectl('edit deploy web')).toBe('deployment.apps/web edited\n');
  expect(
    await kubectl(
      'get deploy web -o jsonpath={.spec.replicas}/{.metadata.labels.tier}/{.metadata.annotations.note}',
    ),
  ).toBe('3/front/second');
});

test('rollout restarts, pauses and tells what it waits for', async () => {
  expect(await kubectl('rollout restart deploy web')).toBe('deployment.apps/web restarted\n');
  expect(await kubectl('rollout pause deploy web')).toBe('deployment.apps/web paused\n');
  expect(await kubectl('rollout resume deploy web')).toBe('deployment.apps/web resumed\n');
  const { out } = await run(['rollout', 'status', 'deploy', 'web', '--timeout=1s']);
  expect(out).toBe('Waiting for deployment spec update to be observed...\n');
});

test('expose and describe a Service with the address it was given', async () => {
  expect(await kubectl('expose deploy web --port 80 --type NodePort')).toBe(
    'service/web exposed\n',
  );
  expect(await kubectl('get svc web')).toMatch(
    /web +NodePort +10\.96\.\d+\.\d+ +<none> +80:3\d{4}\/TCP/,
  );
  const text = await kubectl('describe svc web');
  expect(text).toContain('IP Families:              IPv4');
  expect(text).toContain('Selector:                 app=web');
  expect(await kubectl('describe deploy web')).toContain('Replicas:               3 desired');
});

test('create of typed objects, which kubectl sends as protobuf', async (context) => {
  skipOldKubectl(context);
  expect(await kubectl('create namespace team')).toBe('namespace/team created\n');
  expect(await kubectl('create configmap conf --from-literal=a=1 -n team')).toBe(
    'configmap/conf created\n',
  );
  expect(await kubectl('create secret generic key --from-literal=p=secret -n team')).toBe(
    'secret/key created\n',
  );
  expect(await kubectl('get secret key -n team -o jsonpath={.data.p}')).toBe('c2VjcmV0');
  expect(await kubectl('create serviceaccount robot -n team')).toBe(
    'serviceaccount/robot created\n',
  );
  expect(await kubectl('create deployment two --image=nginx --replicas=2 -n team')).toBe(
    'deployment.apps/two created\n',
  );
  expect(await kubectl('create service clusterip plain --tcp=80:8080 -n team')).toBe(
    'service/plain created\n',
  );
  expect(await kubectl('delete namespace team --wait=false')).toBe('namespace "team" deleted\n');
  expect(await refused('create configmap late -n team')).toBe(
    'error: failed to create configmap: configmaps "late" is forbidden: unable to create new content in namespace team because it is being terminated',
  );
});

test('run, wait, logs and delete of a pod', async () => {
  expect(await kubectl('run one --image=busybox')).toBe('pod/one created\n');
  expect(await kubectl('get pod one')).toMatch(/one +0\/1 +Pending +0 +\d+s/);
  expect(await kubectl('describe pod one')).toContain('QoS Class:        BestEffort');
  expect(await refused('wait --for=condition=Ready pod/one --timeout=1s')).toBe(
    'error: timed out waiting for the condition on pods/one',
  );
  expect(await kubectl('logs one')).toBe('');
  expect(await kubectl('get pod one -o yaml')).toContain('  phase: Pending');
  expect(await kubectl('delete pod one')).toBe('pod "one" deleted\n');
});

test('nodes are cordoned, tainted, described and drained', async () => {
  const node = '{"apiVersion":"v1","kind":"Node","metadata":{"name":"worker"}}';
  expect(await kubectl('create -f -', node)).toBe('node/worker created\n');
  expect(await kubectl('cordon worker')).toBe('node/worker cordoned\n');
  expect(await kubectl('get node worker')).toMatch(/worker +Unknown,SchedulingDisabled +<none>/);
  expect(await kubectl('taint node worker dedicated=db:NoSchedule')).toBe('node/worker tainted\n');
  expect(await kubectl('describe node worker')).toContain('dedicated=db:NoSchedule');
  expect(await kubectl('uncordon worker')).toBe('node/worker uncordoned\n');
  expect(await kubectl('drain worker')).toContain('node/worker drained\n');
  expect(await kubectl('delete node worker')).toBe('node "worker" deleted\n');
});

test('a watch prints changes as they come', async () => {
  const watch = run(['get', 'configmaps', '-w', '--output-watch-events', '--request-timeout=4s']);
  await kubectl('create configmap seen --from-literal=a=1');
  await kubectl('delete configmap seen');
  const { out } = await watch;
  expect(out).toMatch(/ADDED +seen/);
  expect(out).toMatch(/DELETED +seen/);
});

test('replace, and the refusals that people know by heart', async (context) => {
  skipOldKubectl(context);
  const live = await kubectl('get deploy web -o json');
  expect(await kubectl('replace -f -', live)).toBe('deployment.apps/web replaced\n');
  expect(
    await refused(
      'replace -f -',
      live.replace(/"resourceVersion": "\d+"/, '"resourceVersion": "1"'),
    ),
  ).toContain(
    'Operation cannot be fulfilled on deployments.apps "web": the object has been modified',
  );
  expect(await refused('get pods nosuch')).toBe(
    'Error from server (NotFound): pods "nosuch" not found',
  );
  expect(await refused('create -f -', deployment)).toBe(
    'Error from server (AlreadyExists): error when creating "STDIN": deployments.apps "web" already exists',
  );
  const bad =
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bad"},"spec":{"containers":[{"name":"c","imag":"x"}]}}';
  expect(await refused('create -f -', bad)).toBe(
    'Error from server (BadRequest): error when creating "STDIN": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].imag"',
  );
  expect(await refused('create --validate=ignore -f -', bad)).toBe(
    'The Pod "bad" is invalid: spec.containers[0].image: Required value',
  );
  expect(await refused('delete namespace default')).toBe(
    'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted',
  );
  expect(await refused('apply --server-side -f -', deployment)).toContain(
    'server-side apply is not supported by this server',
  );
});

test('explain reads the OpenAPI documents', async (context) => {
  skipOldKubectl(context);
  expect(await kubectl('explain deployment.spec.replicas')).toContain('FIELD: replicas <integer>');
});

test('delete takes what the manifest names', async () => {
  expect(await kubectl('delete svc web')).toBe('service "web" deleted\n');
  expect(await kubectl('delete -f -', deployment)).toBe('deployment.apps "web" deleted\n');
  expect((await run(['get', 'deploy'])).err).toBe('No resources found in default namespace.\n');
});
