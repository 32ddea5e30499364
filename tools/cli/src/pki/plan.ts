/**
 * Which certificates a cluster has, who signs them, and who may see them. Identities and files are
 * those of kubeadm (kubernetes.io: "PKI certificates and requirements").
 *
 * 1. Each component has a folder of its own with its own keys and the CA certificates it verifies
 *    with; nothing else. CA keys are in no component's folder.
 * 2. Every process has its own key: two apiservers share none.
 */
import { firstAddressOf, type ClusterShape } from '../cluster/shape.ts';

export type AuthorityName = 'ca' | 'etcd/ca';

/** The certificate authorities; each is `<name>.crt` and `<name>.key` in the authority's folder. */
export const authorities: readonly { name: AuthorityName; commonName: string }[] = [
  { name: 'ca', commonName: 'kubernetes' },
  { name: 'etcd/ca', commonName: 'etcd-ca' },
];

export interface CertificateRequest {
  /** Path without its ending; `.crt` and `.key` are added. */
  readonly file: string;
  readonly authority: AuthorityName;
  readonly commonName: string;
  readonly organization?: string;
  readonly server: boolean;
  readonly client: boolean;
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
}

/** One component's folder. */
export interface ComponentFolder {
  /** The component's name, say `etcd-1`. */
  readonly component: string;
  readonly certificates: readonly CertificateRequest[];
  /** Copied from the authority's folder: CA certificates and, for apiservers, the token key. */
  readonly copies: readonly string[];
}

const loopback = { dnsNames: ['localhost'], addresses: ['127.0.0.1', '::1'] };

export function planPki(shape: ClusterShape): readonly ComponentFolder[] {
  return [
    ...shape.etcd.map(etcdFolder),
    ...shape.apiservers.map((name) => apiserverFolder(name, shape)),
    ...shape.schedulers.map((name) => clientFolder(name, 'scheduler', 'system:kube-scheduler')),
    ...shape.controllerManagers.map((name) =>
      clientFolder(name, 'controller-manager', 'system:kube-controller-manager'),
    ),
    ...(shape.simulatedNodes ? [simulatedNodesFolder(shape)] : shape.nodes.map(nodeFolder)),
    adminFolder(),
  ];
}

const clientOnly = { server: false, client: true, dnsNames: [], addresses: [] } as const;

function etcdFolder(name: string): ComponentFolder {
  const names = { dnsNames: [name, ...loopback.dnsNames], addresses: loopback.addresses };
  const serving = { authority: 'etcd/ca', server: true, client: true, ...names } as const;
  return {
    component: name,
    certificates: [
      { file: 'etcd/server', commonName: name, ...serving },
      { file: 'etcd/peer', commonName: name, ...serving },
    ],
    copies: ['etcd/ca.crt'],
  };
}

function apiserverFolder(name: string, shape: ClusterShape): ComponentFolder {
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  const extra = shape.extraHosts;
  return {
    component: name,
    certificates: [
      {
        file: 'apiserver',
        authority: 'ca',
        commonName: 'kube-apiserver',
        server: true,
        client: false,
        dnsNames: [
          ...service,
          'kubernetes.default.svc.cluster.local',
          name,
          shape.loadBalancer,
          ...loopback.dnsNames,
          ...extra.filter((host) => !isAddress(host)),
        ],
        addresses: [
          firstAddressOf(shape.serviceSubnet),
          ...loopback.addresses,
          ...extra.filter(isAddress),
        ],
      },
      {
        file: 'apiserver-etcd-client',
        authority: 'etcd/ca',
        commonName: 'kube-apiserver-etcd-client',
        ...clientOnly,
      },
      {
        file: 'apiserver-kubelet-client',
        authority: 'ca',
        commonName: 'kube-apiserver-kubelet-client',
        organization: 'system:masters',
        ...clientOnly,
      },
    ],
    copies: ['ca.crt', 'etcd/ca.crt', 'sa.pub', 'sa.key'],
  };
}

function clientFolder(component: string, file: string, commonName: string): ComponentFolder {
  return {
    component,
    certificates: [{ file, authority: 'ca', commonName, ...clientOnly }],
    copies: ['ca.crt'],
  };
}

function nodeFolder(name: string): ComponentFolder {
  return {
    component: name,
    certificates: [
      {
        file: 'kubelet',
        authority: 'ca',
        commonName: `system:node:${name}`,
        organization: 'system:nodes',
        server: true,
        client: true,
        dnsNames: [name, ...loopback.dnsNames],
        addresses: loopback.addresses,
      },
      { file: 'kube-proxy', authority: 'ca', commonName: 'system:kube-proxy', ...clientOnly },
    ],
    copies: ['ca.crt'],
  };
}

/** A node may only change itself; a process that plays many needs the rights of all. */
function simulatedNodesFolder(shape: ClusterShape): ComponentFolder {
  return {
    component: 'node-agent',
    certificates: [
      {
        file: 'kubelet',
        authority: 'ca',
        commonName: 'drydock:simulated-nodes',
        organization: 'system:masters',
        server: true,
        client: true,
        // Apiservers ask for the node by its name.
        dnsNames: [...shape.nodes, ...loopback.dnsNames],
        addresses: loopback.addresses,
      },
    ],
    copies: ['ca.crt'],
  };
}

function adminFolder(): ComponentFolder {
  return {
    component: 'admin',
    certificates: [
      {
        file: 'admin',
        authority: 'ca',
        commonName: 'kubernetes-admin',
        organization: 'system:masters',
        ...clientOnly,
      },
      {
        file: 'etcd/healthcheck-client',
        authority: 'etcd/ca',
        commonName: 'kube-etcd-healthcheck-client',
        ...clientOnly,
      },
    ],
    copies: ['ca.crt', 'etcd/ca.crt'],
  };
}

function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}
