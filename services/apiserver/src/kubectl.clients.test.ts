/** The real kubectl against a server of ours: what people type, and what they read back. */
import { qualifiedResource, servedResources } from '@drydock/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from './testing/etcd.ts';
import { skipOldKubectl, startKubectl, type Kubectl } from './testing/kubectl.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

let etcd: TestEtcd;
let server: TestServer;
let client: Kubectl;

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  server = await startTestServer(etcd);
  client = await startKubectl(server);
});
afterAll(async () => {
  client[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

const run: Kubectl['run'] = (words, stdin) => client.run(words, stdin);
const kubectl: Kubectl['succeed'] = (line, stdin) => client.succeed(line, stdin);
const refused: Kubectl['refused'] = (line, stdin) => client.refused(line, stdin);

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
  const names = servedResources.map((one) => qualifiedResource(one));
  expect(new Set(resources.trim().split('\n'))).toEqual(new Set(names));
  expect(names).toEqual(expect.arrayContaining(['pods', 'roles.rbac.authorization.k8s.io']));
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
});

test('explain tells what types and fields mean, in the words of Kubernetes', async () => {
  const text = await kubectl('explain deployment.spec.replicas');
  expect(text).toMatch(/FIELD: +replicas <integer>/);
  expect(text).toContain('Number of desired pods.');
  expect(await kubectl('explain pods --recursive')).toMatch(/imagePullPolicy\s+<string>/);
  expect(await kubectl('explain pods')).toContain('Pod is a collection of containers');
});

test('delete takes what the manifest names', async () => {
  expect(await kubectl('delete svc web')).toBe('service "web" deleted\n');
  expect(await kubectl('delete -f -', deployment)).toBe('deployment.apps "web" deleted\n');
  expect((await run(['get', 'deploy'])).err).toBe('No resources found in default namespace.\n');
});

test('jobs, cron jobs and stateful sets are made, shown and refused', async (context) => {
  skipOldKubectl(context);
  expect(await kubectl('create job once --image=busybox')).toBe('job.batch/once created\n');
  expect(await kubectl('get job once')).toMatch(
    /^NAME +STATUS +COMPLETIONS +DURATION +AGE\nonce +Running +0\/1 +\d+s\n$/,
  );
  expect(await kubectl('describe job once')).toMatch(
    /Selector: +batch.kubernetes.io\/controller-uid=/,
  );
  const cronJob = ['create', 'cronjob', 'nightly', '--image=busybox'];
  const made = await run([...cronJob, '--schedule=0 3 * * *']);
  expect(made.out).toBe('cronjob.batch/nightly created\n');
  expect(await kubectl('get cj')).toMatch(
    /nightly +0 3 \* \* \* +<none> +False +0 +<none> +\d+s\n$/,
  );
  expect((await run([...cronJob, '--schedule=daily'])).err).toContain(
    'spec.schedule: Invalid value: "daily": expected exactly 5 fields, found 1: [daily]',
  );
  const statefulSet = deployment
    .replace('kind: Deployment', 'kind: StatefulSet')
    .replace('replicas: 3', 'serviceName: web');
  expect(await kubectl('apply -f -', statefulSet)).toBe('statefulset.apps/web created\n');
  expect(await kubectl('apply -f -', statefulSet)).toBe('statefulset.apps/web unchanged\n');
  expect(await kubectl('scale sts/web --replicas 2')).toBe('statefulset.apps/web scaled\n');
  expect(await kubectl('get sts web')).toMatch(/^NAME +READY +AGE\nweb +0\/2 +\d+s\n$/);
  expect(
    await refused('apply -f -', statefulSet.replace('serviceName: web', 'serviceName: x')),
  ).toMatch(/spec: Forbidden: updates to statefulset spec for fields other than/);
});
