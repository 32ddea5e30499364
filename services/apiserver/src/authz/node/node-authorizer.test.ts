/** What a node may do, by what runs on it (upstream's node authorizer). */
import type { KubernetesObject, Pod } from '@drydock/api';
import { describe, expect, test } from 'vitest';
import { nodeRole } from '../../bootstrap/policy/component-roles.ts';
import type { RequestAttributes } from '../attributes.ts';
import { attributesWith } from '../testing/attributes.ts';
import { createNodeAuthorizer } from './node-authorizer.ts';
import { referencesOf } from './pod-references.ts';
import { secretsOfVolume } from './volume-secrets.ts';

const podWith = (spec: object, metadata: object = {}): Pod => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'p', namespace: 'default', ...metadata },
  spec: { containers: [], serviceAccountName: 'runner', ...spec },
  status: {},
});

const everything = {
  imagePullSecrets: [{ name: 's-pull' }],
  initContainers: [{ name: 'i', envFrom: [{ secretRef: { name: 's-env-from' } }] }],
  containers: [
    {
      name: 'c',
      env: [
        { name: 'A', valueFrom: { secretKeyRef: { name: 's-env', key: 'k' } } },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'c-env', key: 'k' } } },
      ],
      envFrom: [{ configMapRef: { name: 'c-env-from' } }],
    },
  ],
  ephemeralContainers: [
    { name: 'e', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's-debug', key: 'k' } } }] },
  ],
  volumes: [
    { name: 'v1', secret: { secretName: 's-volume' } },
    { name: 'v2', configMap: { name: 'c-volume' } },
    {
      name: 'v3',
      projected: {
        sources: [{ secret: { name: 's-projected' } }, { configMap: { name: 'c-projected' } }],
      },
    },
    { name: 'v4', persistentVolumeClaim: { claimName: 'claim' } },
    { name: 'v5', ephemeral: { volumeClaimTemplate: { spec: {} } } },
    { name: 'v6', csi: { driver: 'd', nodePublishSecretRef: { name: 's-csi' } } },
  ],
};

test('a pod refers to what its containers and volumes name', () => {
  expect(referencesOf(podWith(everything))).toEqual({
    secrets: new Set([
      's-pull',
      's-env-from',
      's-env',
      's-debug',
      's-volume',
      's-projected',
      's-csi',
    ]),
    configMaps: new Set(['c-env-from', 'c-env', 'c-volume', 'c-projected']),
    claims: new Set(['claim', 'p-v5']),
    serviceAccount: 'runner',
  });
});

test('a mirror pod, which a node makes itself, refers to nothing', () => {
  const annotations = { 'kubernetes.io/config.mirror': 'x' };
  expect(referencesOf(podWith(everything, { annotations }))).toEqual({
    secrets: new Set(),
    configMaps: new Set(),
    claims: new Set(),
    serviceAccount: '',
  });
});

const volume = {
  kind: 'PersistentVolume',
  apiVersion: 'v1',
  metadata: { name: 'pv' },
  spec: {
    claimRef: { namespace: 'default', name: 'claim' },
    csi: {
      driver: 'd',
      volumeHandle: 'h',
      controllerPublishSecretRef: { name: 's-controller', namespace: 'csi' },
      nodeStageSecretRef: { name: 's-stage', namespace: 'csi' },
    },
    flexVolume: { driver: 'f', secretRef: { name: 's-flex' } },
  },
  status: {},
} as const;

test('a volume needs the secrets that its node mounts it with, not those of its controller', () => {
  expect(secretsOfVolume(volume as never)).toEqual(new Set(['csi/s-stage', 'default/s-flex']));
});

const objects: Readonly<Record<string, object>> = {
  'persistentvolumeclaims/default/claim': { spec: { volumeName: 'pv' } },
  'persistentvolumeclaims/default/thief': { spec: { volumeName: 'pv' } },
  'persistentvolumes//pv': volume,
  'volumeattachments//own': { spec: { nodeName: 'n' } },
  'volumeattachments//foreign': { spec: { nodeName: 'm' } },
};
const references = referencesOf(podWith(everything));
const thief = referencesOf(
  podWith({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'thief' } }] }),
);
const authorizer = createNodeAuthorizer({
  pods: {
    has: (node, namespace, name) => node === 'n' && namespace === 'default' && name === 'p',
    *on(node) {
      if (node === 'n') yield { namespace: 'default', name: 'p', references };
      if (node === 'thief') yield { namespace: 'default', name: 't', references: thief };
    },
  },
  find: ({ resource }, namespace, name) =>
    objects[`${resource}/${namespace}/${name}`] as KubernetesObject | undefined,
  rules: nodeRole.rules ?? [],
});

const ask = (more: Partial<RequestAttributes>, node = 'n') =>
  authorizer.decide(
    { user: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'] },
    attributesWith({ namespace: 'default', ...more }),
  );
const noRelation = (node: string) => `no relationship found between node '${node}' and this object`;

describe('secrets, ConfigMaps and volumes', () => {
  test.each<[string, Partial<RequestAttributes>]>([
    ['a secret of its pod', { resource: 'secrets', name: 's-env' }],
    ['a watch of that secret', { resource: 'secrets', verb: 'watch', name: 's-env' }],
    ['a ConfigMap of its pod', { resource: 'configmaps', name: 'c-volume' }],
    ['a claim of its pod', { resource: 'persistentvolumeclaims', name: 'claim' }],
    [
      'the status of that claim',
      { resource: 'persistentvolumeclaims', subresource: 'status', verb: 'patch', name: 'claim' },
    ],
    ['the volume of that claim', { resource: 'persistentvolumes', namespace: '', name: 'pv' }],
    ['a secret of that volume', { resource: 'secrets', namespace: 'csi', name: 's-stage' }],
    [
      'a token of the account that its pod runs as',
      { resource: 'serviceaccounts', subresource: 'token', verb: 'create', name: 'runner' },
    ],
    [
      'an attachment to itself',
      { group: 'storage.k8s.io', resource: 'volumeattachments', namespace: '', name: 'own' },
    ],
  ])('a node reads %s, and another node does not', (_title, request) => {
    expect(ask(request)).toEqual({ allowed: true, reason: '' });
    expect(ask(request, 'm')).toEqual({ allowed: false, reason: noRelation('m') });
  });

  test.each<[string, Partial<RequestAttributes>, string]>([
    ['of the same name elsewhere', { namespace: 'other', name: 's-env' }, noRelation('n')],
    ['that no pod names', { name: 'other' }, noRelation('n')],
    ['all of a namespace', { verb: 'list' }, 'No Object name found'],
    ['everywhere', { verb: 'list', namespace: '' }, 'can only read namespaced object of this type'],
    ['to change them', { verb: 'update', name: 's-env' }, 'can only read resources of this type'],
    ['below them', { name: 's-env', subresource: 'x' }, 'cannot read subresource'],
  ])('secrets %s are not for it', (_title, request, reason) => {
    expect(ask({ resource: 'secrets', ...request })).toEqual({ allowed: false, reason });
  });

  test('a claim that names a volume does not open it: the volume must name the claim', () => {
    const request = { resource: 'persistentvolumes', namespace: '', name: 'pv' };
    expect(ask(request, 'thief')).toEqual({ allowed: false, reason: noRelation('thief') });
  });
});

const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease' };
const csiNode = { group: 'storage.k8s.io', resource: 'csinodes', namespace: '' };
const own = { field: 'spec.nodeName', operator: '=', value: 'n' } as const;

describe('its own objects', () => {
  test.each<[string, Partial<RequestAttributes>, true | string]>([
    ['its Node', { resource: 'nodes', namespace: '', name: 'n' }, true],
    ['its status', { resource: 'nodes', subresource: 'status', verb: 'patch', name: 'n' }, true],
    [
      'all nodes',
      { resource: 'nodes', verb: 'list', namespace: '' },
      `node 'n' cannot read all nodes, only its own Node object`,
    ],
    [
      'another node',
      { resource: 'nodes', namespace: '', name: 'm' },
      `node 'n' cannot read 'm', only its own Node object`,
    ],
    ['deletes nodes', { resource: 'nodes', verb: 'delete', namespace: '', name: 'n' }, ''],
    ['its pods', { resource: 'pods', verb: 'watch', namespace: '', fields: [own] }, true],
    ['a pod of its', { resource: 'pods', name: 'p' }, true],
    ['another pod', { resource: 'pods', name: 'q' }, noRelation('n')],
    [
      'all pods',
      { resource: 'pods', verb: 'list', namespace: '' },
      'can only list/watch pods with spec.nodeName field selector',
    ],
    [
      'all pods but its own',
      { resource: 'pods', verb: 'list', fields: [{ ...own, operator: '!=' }] },
      'can only list/watch pods with spec.nodeName field selector',
    ],
    ['status of pods', { resource: 'pods', subresource: 'status', verb: 'patch', name: 'p' }, true],
    ['binds pods', { resource: 'pods', subresource: 'binding', verb: 'create', name: 'p' }, ''],
    ['its Lease', { ...lease, verb: 'update', name: 'n' }, true],
    ['makes its Lease', { ...lease, verb: 'create' }, true],
    [
      'the Lease of another',
      { ...lease, verb: 'update', name: 'm' },
      'can only access node lease with the same name as the requesting node',
    ],
    [
      'lists leases',
      { ...lease, verb: 'list' },
      'can only get, create, update, patch, or delete a node lease',
    ],
    [
      'leases elsewhere',
      { ...lease, namespace: 'kube-system', name: 'n' },
      'can only access leases in the "kube-node-lease" system namespace',
    ],
    ['its CSINode', { ...csiNode, name: 'n' }, true],
    [
      'the CSINode of another',
      { ...csiNode, name: 'm' },
      'can only access CSINode with the same name as the requesting node',
    ],
    ['Services', { resource: 'services', verb: 'watch', namespace: '' }, true],
    ['events', { resource: 'events', verb: 'create' }, true],
    ['Deployments', { group: 'apps', resource: 'deployments', verb: 'list' }, ''],
  ])('%s', (_title, request, expected) => {
    const allowed = expected === true;
    expect(ask(request)).toEqual({ allowed, reason: allowed ? '' : expected });
  });
});

test('whoever is no node is none of its business', () => {
  const request = attributesWith({ resource: 'nodes', name: 'n' });
  const noGroup = { user: 'system:node:n', groups: ['system:authenticated'] };
  const noName = { user: 'jane', groups: ['system:nodes'] };
  expect(authorizer.decide(noGroup, request)).toBeUndefined();
  expect(authorizer.decide(noName, request)).toBeUndefined();
});
