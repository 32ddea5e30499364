/** The behaviours that upstream's documentation of server-side apply promises, one by one. */
import { describe, expect, test } from 'vitest';
import type { ConfigMap, Deployment, Node, Pod, Service } from '../generated/types.ts';
import { configMaps, deployments, nodes, pods, services } from '../registry.ts';
import { ownedObject } from '../testing/owned-object.ts';

const deployment = (spec: object) => ({
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1' }] },
    },
    ...spec,
  },
});
const owns = (...paths: string[]) => {
  const tree: Record<string, unknown> = {};
  for (const path of paths) {
    let node = tree;
    for (const part of path.split('/')) node = (node[part] ??= {}) as Record<string, unknown>;
  }
  return tree;
};

describe('conflicts', () => {
  const start = () => {
    const web = ownedObject<Deployment>(deployments);
    web.apply('kubectl', deployment({ replicas: 3 }));
    return web;
  };

  test('a field that another manager has given another value', () => {
    const web = start();
    const scale = { metadata: { name: 'web' }, spec: { replicas: 5 } };
    expect(() => web.apply('scaler', scale)).toThrow(
      'Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas',
    );
    expect(web.object.spec.replicas).toBe(3);
    expect(web.fields('scaler')).toBeUndefined();
  });

  test('each conflict is a cause; several are listed by their managers', () => {
    const web = start();
    web.update('kubectl-edit', (object) => {
      object.spec.replicas = 4;
      object.spec.paused = true;
    });
    web.update(
      'kube-controller-manager',
      (object) => (object.metadata.annotations = { revision: '1' }),
    );
    const config = {
      metadata: { name: 'web', annotations: { revision: '2' } },
      spec: { replicas: 5, paused: false },
    };
    let error: unknown;
    try {
      web.apply('scaler', config);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: [
        'Apply failed with 3 conflicts: conflicts with "kube-controller-manager" using apps/v1:',
        '- .metadata.annotations.revision',
        'conflicts with "kubectl-edit" using apps/v1:',
        '- .spec.paused',
        '- .spec.replicas',
      ].join('\n'),
      status: {
        details: {
          causes: [
            {
              reason: 'FieldManagerConflict',
              message: 'conflict with "kube-controller-manager" using apps/v1',
              field: '.metadata.annotations.revision',
            },
            { message: 'conflict with "kubectl-edit" using apps/v1', field: '.spec.paused' },
            { message: 'conflict with "kubectl-edit" using apps/v1', field: '.spec.replicas' },
          ],
        },
      },
    });
  });

  test('force takes the field, and the other loses it', () => {
    const web = start();
    web.apply('scaler', { metadata: { name: 'web' }, spec: { replicas: 5 } }, { force: true });
    expect(web.object.spec.replicas).toBe(5);
    expect(web.fields('scaler')).toEqual(owns('f:spec/f:replicas'));
    expect(web.fields('kubectl')!['f:spec']).not.toHaveProperty('f:replicas');
  });

  test('an update never conflicts', () => {
    const web = start();
    web.update('autoscaler', (object) => (object.spec.replicas = 7));
    expect(web.fields('autoscaler')).toEqual(owns('f:spec/f:replicas'));
    expect(() => web.apply('kubectl', deployment({ replicas: 3 }))).toThrow(
      'Apply failed with 1 conflict: conflict with "autoscaler" using apps/v1: .spec.replicas',
    );
  });

  test('the same value makes owners of both', () => {
    const web = start();
    web.apply('scaler', { metadata: { name: 'web' }, spec: { replicas: 3 } });
    expect(web.fields('scaler')).toEqual(owns('f:spec/f:replicas'));
    expect(web.fields('kubectl')!['f:spec']).toHaveProperty('f:replicas');
    web.apply('kubectl', deployment({}));
    expect(web.object.spec.replicas).toBe(3);
    expect(web.managers).toEqual(['scaler', 'kubectl']);
    web.apply('scaler', { metadata: { name: 'web' } });
    // Nobody owns it any more, so it falls back to its default.
    expect(web.object.spec.replicas).toBe(1);
    expect(web.managers).toEqual(['kubectl']);
  });

  test('elements and keys are told as people write them', () => {
    const web = start();
    const spec = { template: { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } } };
    expect(() => web.apply('ci', { metadata: { name: 'web' }, spec })).toThrow(
      'conflict with "kubectl": .spec.template.spec.containers[name="web"].image',
    );
  });
});

describe('giving up', () => {
  test('a field that nobody else owns goes', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    map.apply('a', 'metadata: {name: m, labels: {x: "1"}}\ndata: {k: v, l: w}');
    map.apply('a', 'metadata: {name: m}\ndata: {k: v}');
    expect(map.object.data).toEqual({ k: 'v' });
    expect(map.object.metadata.labels).toBeUndefined();
    expect(map.fields('a')).toEqual(owns('f:data/f:k'));
  });

  test('a field that an updater has changed since stays', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    map.apply('a', 'metadata: {name: m}\ndata: {k: v, l: w}');
    map.update('b', (object) => (object.data!['l'] = 'changed'));
    map.apply('a', 'metadata: {name: m}\ndata: {k: v}');
    expect(map.object.data).toEqual({ k: 'v', l: 'changed' });
    expect(map.fields('b')).toEqual(owns('f:data/f:l'));
  });

  test('a field that was removed has no owner', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    map.apply('a', 'metadata: {name: m}\ndata: {k: v, l: w}');
    map.update('b', (object) => delete object.data!['l']);
    expect(map.fields('a')).toEqual(owns('f:data/f:k'));
    expect(map.managers).toEqual(['a']);
  });

  test('nested: a container goes with what its only owner applied in it', () => {
    const web = ownedObject<Deployment>(deployments);
    const sidecar = { name: 'sidecar', image: 'proxy', env: [{ name: 'A', value: '1' }] };
    const main = { name: 'web', image: 'nginx:1' };
    const withContainers = (...containers: object[]) =>
      deployment({ template: { metadata: { labels: { app: 'web' } }, spec: { containers } } });
    web.apply('a', withContainers(main, sidecar));
    web.apply('a', withContainers(main));
    expect(web.object.spec.template.spec.containers.map(({ name }) => name)).toEqual(['web']);
  });

  test('nested: a container stays with what others own in it', () => {
    const web = ownedObject<Deployment>(deployments);
    const main = { name: 'web', image: 'nginx:1' };
    const containersOf = (containers: object[]) => ({
      metadata: { name: 'web' },
      spec: { template: { spec: { containers } } },
    });
    web.apply('a', deployment({}));
    web.apply('a', {
      ...deployment({}),
      ...containersOf([main, { name: 'sidecar', image: 'proxy', command: ['run'] }]),
    });
    web.apply('b', containersOf([{ name: 'sidecar', image: 'proxy' }]));
    web.apply('a', containersOf([main]));
    expect(web.object.spec.template.spec.containers).toMatchObject([
      { name: 'web' },
      { name: 'sidecar', image: 'proxy' },
    ]);
    expect(web.object.spec.template.spec.containers[1]).not.toHaveProperty('command');
  });
});

describe('lists', () => {
  test('two managers add elements to one list map', () => {
    const service = ownedObject<Service>(services);
    service.apply('a', 'metadata: {name: s}\nspec: {ports: [{name: http, port: 80}]}');
    service.apply(
      'b',
      'metadata: {name: s}\nspec: {ports: [{name: dns, port: 53, protocol: UDP}]}',
    );
    expect(service.object.spec.ports).toMatchObject([
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ]);
    expect(service.fields('a')).toEqual({
      'f:spec': {
        'f:ports': {
          'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} },
        },
      },
    });
    service.apply('a', 'metadata: {name: s}\nspec: {}');
    expect(service.object.spec.ports).toMatchObject([{ name: 'dns' }]);
  });

  test('a key that is left out has its default', () => {
    const service = ownedObject<Service>(services);
    service.apply('a', 'metadata: {name: s}\nspec: {ports: [{port: 80}]}');
    service.apply(
      'b',
      'metadata: {name: s}\nspec: {ports: [{port: 80, protocol: TCP, name: http}]}',
    );
    expect(service.object.spec.ports).toMatchObject([{ port: 80, protocol: 'TCP', name: 'http' }]);
  });

  test('elements that differ in one of two keys are two', () => {
    const service = ownedObject<Service>(services);
    service.apply('a', 'metadata: {name: s}\nspec: {ports: [{port: 53, name: t}]}');
    service.apply('a', {
      metadata: { name: 's' },
      spec: {
        ports: [
          { port: 53, name: 't' },
          { port: 53, protocol: 'UDP', name: 'u' },
        ],
      },
    });
    expect(service.object.spec.ports).toHaveLength(2);
  });

  test('two managers add values to one set, and each takes away its own', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    const withFinalizers = (...finalizers: string[]) => ({ metadata: { name: 'm', finalizers } });
    map.apply('a', withFinalizers('x.io/a', 'x.io/both'));
    map.apply('b', withFinalizers('x.io/b', 'x.io/both'));
    expect(map.object.metadata.finalizers).toEqual(['x.io/a', 'x.io/b', 'x.io/both']);
    expect(map.fields('b')).toEqual({
      'f:metadata': { 'f:finalizers': { 'v:"x.io/b"': {}, 'v:"x.io/both"': {} } },
    });
    map.apply('a', { metadata: { name: 'm' } });
    expect(map.object.metadata.finalizers).toEqual(['x.io/b', 'x.io/both']);
  });

  test('an atomic list has one owner, and is replaced whole', () => {
    const pod = ownedObject<Pod>(pods);
    const withCommand = (...command: string[]) => ({
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i', command }] },
    });
    pod.apply('a', withCommand('a', 'b'));
    expect(() => pod.apply('b', withCommand('a', 'c'))).toThrow(
      'conflict with "a": .spec.containers[name="c"].command',
    );
    pod.apply('b', withCommand('a', 'c'), { force: true });
    expect(pod.object.spec.containers[0]!.command).toEqual(['a', 'c']);
  });

  test('an atomic map has one owner: the selector of a Service', () => {
    const service = ownedObject<Service>(services);
    service.apply('a', 'metadata: {name: s}\nspec: {selector: {app: x}}');
    expect(service.fields('a')).toEqual(owns('f:spec/f:selector'));
    expect(() => service.apply('b', 'metadata: {name: s}\nspec: {selector: {tier: y}}')).toThrow(
      '.spec.selector',
    );
    service.apply('a', 'metadata: {name: s}\nspec: {selector: {tier: y}}');
    expect(service.object.spec.selector).toEqual({ tier: 'y' });
  });

  test('elements that only the object has keep their place; the configuration orders its own', () => {
    const pod = ownedObject<Pod>(pods);
    const withContainers = (...names: string[]) => ({
      metadata: { name: 'p' },
      spec: { containers: names.map((name) => ({ name, image: 'i' })) },
    });
    pod.apply('a', withContainers('1', '2', '3', '4'));
    pod.apply('b', withContainers('4', '2', '5'));
    expect(pod.object.spec.containers.map(({ name }) => name)).toEqual(['1', '3', '4', '2', '5']);
  });

  test('the same element twice in a configuration is refused', () => {
    const pod = ownedObject<Pod>(pods);
    const containers = [{ name: 'c' }, { name: 'c' }];
    expect(() => pod.apply('a', { metadata: { name: 'p' }, spec: { containers } })).toThrow(
      'failed to create typed patch object (/p; /v1, Kind=Pod): .spec.containers: duplicate entries for key [name="c"]',
    );
  });
});

describe('what is owned', () => {
  test('of a create by POST: all that the client and the defaults said, as kubectl shows it', () => {
    const web = ownedObject<Deployment>(deployments);
    web.update('kubectl-create', (object) => Object.assign(object, deployment({ replicas: 2 })));
    expect(web.fields('kubectl-create')).toEqual({
      'f:spec': {
        'f:progressDeadlineSeconds': {},
        'f:replicas': {},
        'f:revisionHistoryLimit': {},
        'f:selector': {},
        'f:strategy': {
          'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} },
          'f:type': {},
        },
        'f:template': {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
          'f:spec': {
            'f:containers': {
              'k:{"name":"web"}': {
                '.': {},
                'f:image': {},
                'f:imagePullPolicy': {},
                'f:name': {},
                'f:resources': {},
                'f:terminationMessagePath': {},
                'f:terminationMessagePolicy': {},
              },
            },
            'f:dnsPolicy': {},
            'f:restartPolicy': {},
            'f:schedulerName': {},
            'f:securityContext': {},
            'f:terminationGracePeriodSeconds': {},
          },
        },
      },
    });
  });

  test('metadata that names the object or comes from the server is not', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    map.apply('a', 'metadata: {name: m, namespace: default}\ndata: {k: v}');
    expect(map.fields('a')).toEqual(owns('f:data/f:k'));
  });

  test('through status only the status, through the object all but the status', () => {
    const node = ownedObject<Node>(nodes);
    node.apply('a', 'metadata: {name: n}\nspec: {podCIDR: 10.0.0.0/24}\nstatus: {phase: Running}');
    expect(node.fields('a')).toEqual(owns('f:spec/f:podCIDR'));
    node.update(
      'kubelet',
      (object) => {
        object.spec.unschedulable = true;
        object.status = { conditions: [{ type: 'Ready', status: 'True' }] };
      },
      'status',
    );
    expect(node.fields('kubelet', 'status')).toEqual({
      'f:status': {
        'f:conditions': {
          '.': {},
          'k:{"type":"Ready"}': { '.': {}, 'f:status': {}, 'f:type': {} },
        },
      },
    });
  });

  test('through status a configuration without one owns nothing, and gives up what it owned', () => {
    const node = ownedObject<Node>(nodes);
    node.apply('a', 'metadata: {name: n}\nspec: {unschedulable: true}');
    const options = { subresource: 'status' };
    node.apply('b', 'metadata: {name: n}\nstatus: {phase: Running}', options);
    node.apply('b', 'metadata: {name: n}\nspec: {unschedulable: true}', options);
    expect(node.object.status).not.toHaveProperty('phase');
    expect(node.managers).toEqual(['a']);
  });

  test('one name with two subresources is two managers', () => {
    const node = ownedObject<Node>(nodes);
    node.apply('a', 'metadata: {name: n}\nspec: {unschedulable: true}');
    node.apply('a', 'metadata: {name: n}\nstatus: {phase: Running}', { subresource: 'status' });
    expect(node.object.metadata.managedFields).toMatchObject([
      { manager: 'a', operation: 'Apply', fieldsV1: owns('f:spec/f:unschedulable') },
      { manager: 'a', subresource: 'status', fieldsV1: owns('f:status/f:phase') },
    ]);
  });
});

describe('managers', () => {
  test('entries have all that upstream writes, in its order', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    map.update('b', (object) => {
      object.metadata.name = 'm';
      object.data = { k: 'v' };
    });
    map.apply('a', 'metadata: {name: m}\ndata: {l: w}');
    expect(JSON.stringify(map.object.metadata.managedFields)).toBe(
      JSON.stringify([
        {
          manager: 'a',
          operation: 'Apply',
          apiVersion: 'v1',
          time: '2026-01-01T00:00:01Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': { 'f:l': {} } },
        },
        {
          manager: 'b',
          operation: 'Update',
          apiVersion: 'v1',
          time: '2026-01-01T00:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': { '.': {}, 'f:k': {} } },
        },
      ]),
    );
  });

  test('an apply that changes nothing leaves times alone', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    map.apply('a', 'metadata: {name: m}\ndata: {k: v}');
    const before = structuredClone(map.object);
    map.apply('a', 'metadata: {name: m}\ndata: {k: v}');
    expect(map.object).toEqual(before);
  });

  test('at most ten update; the oldest become ancient-changes', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    map.update('0', (object) => Object.assign(object, { data: { 'k-0': 'v' } }));
    for (let one = 1; one < 12; one += 1) {
      map.update(String(one), (object) => (object.data![`k-${one}`] = 'v'));
    }
    expect(map.managers).toEqual([
      'ancient-changes',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      '10',
      '11',
    ]);
    expect(map.fields('ancient-changes')).toEqual({
      'f:data': { '.': {}, 'f:k-0': {}, 'f:k-1': {}, 'f:k-2': {} },
    });
  });

  test('one empty entry clears them; an update that says nothing of them keeps them', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    map.apply('a', 'metadata: {name: m}\ndata: {k: v}');
    map.update('b', (object) => delete object.metadata.managedFields);
    expect(map.managers).toEqual(['a']);
    map.update('b', (object) => (object.metadata.managedFields = [{}]));
    expect(map.managers).toEqual([]);
    map.update('b', (object) => (object.data!['k'] = 'w'));
    expect(map.managers).toEqual([]);
  });

  test('what nobody owned before the first apply belongs to before-first-apply', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    map.update('b', (object) => Object.assign(object, { data: { k: 'v', l: 'w' } }));
    map.update('b', (object) => (object.metadata.managedFields = [{}]));
    expect(() => map.apply('a', 'metadata: {name: m}\ndata: {k: other}')).toThrow(
      'conflict with "before-first-apply" using v1: .data.k',
    );
    map.apply('a', 'metadata: {name: m}\ndata: {k: v}');
    expect(map.managers).toEqual(['a', 'before-first-apply']);
  });

  test('entries of a request are brought into the one form, and malformed ones are not taken', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    map.apply('a', 'metadata: {name: m}\ndata: {k: v}');
    const entry = map.object.metadata.managedFields![0]!;
    const finalizers = { 'v: "x"': {}, 'q:unknown': {} };
    const fieldsV1 = { 'f:metadata': { 'f:finalizers': finalizers }, 'f:data': { 'f:k': {} } };
    map.update('b', (object) => (object.metadata.managedFields = [{ ...entry, fieldsV1 }]));
    expect(JSON.stringify(map.fields('a'))).toBe(
      '{"f:data":{"f:k":{}},"f:metadata":{"f:finalizers":{"v:\\"x\\"":{}}}}',
    );
    const malformed = { ...entry, fieldsV1: { 'f:data': 'all' } };
    map.update('b', (object) => (object.metadata.managedFields = [malformed]));
    expect(map.fields('a')).toHaveProperty(['f:data', 'f:k']);
  });

  test('entries of a version that is not served are dropped', () => {
    const web = ownedObject<Deployment>(deployments);
    web.apply('a', deployment({}));
    web.update('b', (object) => (object.metadata.managedFields![0]!.apiVersion = 'apps/v1beta1'));
    web.update('b', (object) => (object.spec.replicas = 9));
    expect(web.managers).toEqual(['b']);
  });
});

describe('from client-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const clientSide = (config: object) => {
    const web = ownedObject<Deployment>(deployments);
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', ...config };
    web.update('kubectl-client-side-apply', (object) => {
      Object.assign(object, structuredClone(config));
      object.metadata.annotations = { [annotation]: JSON.stringify(body) };
    });
    return web;
  };

  test('kubectl takes over what nobody has changed since, and keeps the annotation', () => {
    const web = clientSide(deployment({ replicas: 2 }));
    web.apply('kubectl', deployment({ replicas: 5 }));
    expect(web.object.spec.replicas).toBe(5);
    expect(web.object.metadata.annotations![annotation]).toContain('"replicas":5');
    expect(web.fields('kubectl-client-side-apply')!['f:spec']).not.toHaveProperty('f:replicas');
  });

  test('what another has changed since is a conflict', () => {
    const web = clientSide(deployment({ replicas: 2 }));
    web.update('scaler', (object) => (object.spec.replicas = 9));
    expect(() => web.apply('kubectl', deployment({ replicas: 5 }))).toThrow(
      'Apply failed with 1 conflict: conflict with "scaler" using apps/v1: .spec.replicas',
    );
  });

  test('another manager than kubectl gets conflicts as always', () => {
    const web = clientSide(deployment({ replicas: 2 }));
    expect(() => web.apply('other', deployment({ replicas: 5 }))).toThrow(
      'conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
    );
  });
});

describe('configurations that are refused', () => {
  test.each([
    [{ spec: { replica: 1 } }, '.spec.replica: field not declared in schema'],
    [{ spec: { replicas: 'x' } }, '.spec.replicas: expected numeric (int or float), got string'],
    [
      { metadata: { labels: { a: 1 } } },
      '.metadata.labels.a: expected string, got &value.valueUnstructured{Value:1}',
    ],
    [{ spec: { paused: 'yes' } }, '.spec.paused: expected boolean, got &{yes}'],
    [{ spec: { template: [] } }, '.spec.template: expected map, got &{[]}'],
    [
      { spec: { template: { spec: { containers: { name: 'x' } } } } },
      '.spec.template.spec.containers: expected list, got &{map[name:x]}',
    ],
    [
      { spec: { replicas: 'x', paused: 1 } },
      'errors:\n  .spec.replicas: expected numeric (int or float), got string\n  .spec.paused: expected boolean, got &{1}',
    ],
  ])('%j', (config, why) => {
    const web = ownedObject<Deployment>(deployments);
    expect(() => web.apply('a', config)).toThrow(
      `failed to create typed patch object (/; apps/v1, Kind=Deployment): ${why}`,
    );
  });

  test('managedFields, and objects of another kind', () => {
    const map = ownedObject<ConfigMap>(configMaps);
    expect(() => map.apply('a', { metadata: { managedFields: [] } })).toThrow(
      'metadata.managedFields must be nil',
    );
    expect(() => map.apply('a', { kind: 'Secret' })).toThrow(
      'invalid object type: /v1, Kind=Secret',
    );
  });
});
