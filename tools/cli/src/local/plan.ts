/**
 * The processes of `up --local`: the default cluster on loopback, each part with the command line that
 * it has in its container, as far as addresses and paths allow.
 *
 * Every process has the cluster's folder in its environment, by which it can be told from others.
 */
import { join } from 'node:path';
import type { ChildSpec } from '@drydock/process';
import { stopStage } from '../cluster/parts.ts';
import { createShape } from '../cluster/shape.ts';
import { repositoryRoot, type ClusterState } from '../state.ts';

type LocalState = Pick<
  ClusterState,
  | 'name'
  | 'nodes'
  | 'ports'
  | 'localPorts'
  | 'timeScale'
  | 'logLevel'
  | 'podSubnet'
  | 'serviceSubnet'
>;

export const localParts: readonly string[] = [
  'etcd-1',
  'etcd-2',
  'etcd-3',
  'apiserver-1',
  'apiserver-2',
  'scheduler-1',
  'scheduler-2',
  'controller-manager-1',
  'controller-manager-2',
  'load-balancer',
  'node-agent',
];

/**
 * Names of the ports in `localPorts`. A member of etcd answers /health beside its metrics, as the
 * original does, and /readyz, as all our processes do, on another port.
 */
export const localPortNames: readonly string[] = localParts.flatMap((part) => {
  const more = part.startsWith('etcd-')
    ? ['peer', 'readyz']
    : part.startsWith('apiserver-')
      ? ['secure', 'grpc']
      : part === 'node-agent'
        ? ['grpc']
        : [];
  return ['health', ...more].map((purpose) => `${part}/${purpose}`);
});

/** Marks a cluster's processes; its value is the cluster's folder. */
export const folderVariable = 'DRYDOCK_CLUSTER_FOLDER';

/** kubeadm's: the name by which pods reach the API. */
const serviceAccountIssuer = 'https://kubernetes.default.svc.cluster.local';

export function planLocal(state: LocalState, folder: string): readonly ChildSpec[] {
  const shape = createShape({ clusterName: state.name });
  const port = (name: string) => state.localPorts[name]!;
  const pki = (component: string, file: string) => join(folder, 'components', component, file);
  const at = (portNumber: number) => `127.0.0.1:${portNumber}`;
  // What is dialled has a name: TLS in Node takes no address as a server's name.
  const named = (portNumber: number) => `localhost:${portNumber}`;
  const child = (name: string, service: string, flags: Flags): ChildSpec => ({
    name,
    command: process.execPath,
    args: [join(repositoryRoot, 'services', service, 'src/main.ts'), ...commandLine(flags)],
    environment: {
      [folderVariable]: folder,
      NODE_COMPILE_CACHE: join(repositoryRoot, 'node_modules/.cache/compile'),
      NODE_OPTIONS: '--max-old-space-size=512 --max-semi-space-size=8',
    },
    logFile: join(folder, 'logs', `${name}.log`),
    stage: stopStage(name),
  });
  const common = (name: string): Flags => ({
    'health-port': port(`${name}/health`),
    'log-level': state.logLevel,
    'time-scale': state.timeScale,
  });
  const etcdPort = (name: string) =>
    state.ports[name.replace('-', '') as 'etcd1' | 'etcd2' | 'etcd3'];
  const peerUrl = (name: string) => `https://${named(port(`${name}/peer`))}`;
  const apiservers = shape.apiservers.map((name) => named(port(`${name}/grpc`))).join(',');
  const clientFlags = (name: string, file: string): Flags => ({
    apiservers,
    'ca-file': pki(name, 'ca.crt'),
    'tls-cert-file': pki(name, `${file}.crt`),
    'tls-private-key-file': pki(name, `${file}.key`),
    ...common(name),
  });

  return [
    ...shape.etcd.map((name) =>
      child(name, 'etcd', {
        name,
        'data-dir': join(folder, 'data', name),
        'initial-cluster': shape.etcd.map((one) => `${one}=${peerUrl(one)}`).join(','),
        'initial-cluster-token': state.name,
        'initial-cluster-state': 'new',
        'listen-client-urls': `https://${at(etcdPort(name))}`,
        'advertise-client-urls': `https://${named(etcdPort(name))}`,
        'listen-peer-urls': `https://${at(port(`${name}/peer`))}`,
        'initial-advertise-peer-urls': peerUrl(name),
        'listen-metrics-urls': `http://${at(port(`${name}/health`))}`,
        'health-port': port(`${name}/readyz`),
        'cert-file': pki(name, 'etcd/server.crt'),
        'key-file': pki(name, 'etcd/server.key'),
        'trusted-ca-file': pki(name, 'etcd/ca.crt'),
        'client-cert-auth': true,
        'peer-cert-file': pki(name, 'etcd/peer.crt'),
        'peer-key-file': pki(name, 'etcd/peer.key'),
        'peer-trusted-ca-file': pki(name, 'etcd/ca.crt'),
        'peer-client-cert-auth': true,
        'log-level': state.logLevel,
        'time-scale': state.timeScale,
      }),
    ),
    ...shape.apiservers.map((name) =>
      child(name, 'apiserver', {
        'bind-address': '127.0.0.1',
        'secure-port': port(`${name}/secure`),
        'grpc-port': port(`${name}/grpc`),
        'advertise-address': '127.0.0.1',
        'etcd-servers': shape.etcd.map((one) => `https://${named(etcdPort(one))}`).join(','),
        'etcd-cafile': pki(name, 'etcd/ca.crt'),
        'etcd-certfile': pki(name, 'apiserver-etcd-client.crt'),
        'etcd-keyfile': pki(name, 'apiserver-etcd-client.key'),
        'tls-cert-file': pki(name, 'apiserver.crt'),
        'tls-private-key-file': pki(name, 'apiserver.key'),
        'client-ca-file': pki(name, 'ca.crt'),
        'service-account-issuer': serviceAccountIssuer,
        'service-account-key-file': pki(name, 'sa.pub'),
        'service-account-signing-key-file': pki(name, 'sa.key'),
        'kubelet-client-certificate': pki(name, 'apiserver-kubelet-client.crt'),
        'kubelet-client-key': pki(name, 'apiserver-kubelet-client.key'),
        'service-cluster-ip-range': state.serviceSubnet,
        ...common(name),
      }),
    ),
    ...shape.schedulers.map((name) =>
      child(name, 'scheduler', {
        'leader-elect-identity': name,
        ...clientFlags(name, 'scheduler'),
      }),
    ),
    ...shape.controllerManagers.map((name) =>
      child(name, 'controller-manager', {
        'cluster-cidr': state.podSubnet,
        'root-ca-file': pki(name, 'ca.crt'),
        'leader-elect-identity': name,
        ...clientFlags(name, 'controller-manager'),
      }),
    ),
    child('load-balancer', 'load-balancer', {
      'bind-address': '127.0.0.1',
      'secure-port': state.ports.api,
      apiservers: shape.apiservers.map((name) => at(port(`${name}/secure`))).join(','),
      ...common('load-balancer'),
    }),
    child('node-agent', 'node-agent', {
      'container-runtime': 'simulated',
      nodes: state.nodes.length,
      'node-name-prefix': 'node',
      'cluster-name': state.name,
      port: port('node-agent/grpc'),
      'boot-id-file': join(folder, 'boot-id'),
      'root-dir': join(folder, 'data/node-agent'),
      ...clientFlags('node-agent', 'kubelet'),
    }),
  ];
}

type Flags = Readonly<Record<string, string | number | boolean>>;

function commandLine(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
}
