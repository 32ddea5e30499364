/** A pod that uses much of what there is must pass as it is written, also when read strictly. */
import { expect, test } from 'vitest';
import { decodeObject } from '../../decode.ts';
import { formatFieldError } from '../../field-error.ts';
import { beforeCreate } from '../../strategy.ts';
import { pods } from './kind.ts';

const text = `
apiVersion: v1
kind: Pod
metadata:
  name: everything
  namespace: default
  labels: {app.kubernetes.io/name: everything, tier: ""}
  annotations: {example.com/Note: "any text, ünïcode too"}
spec:
  hostname: host-1
  subdomain: sub
  serviceAccountName: robot
  nodeSelector: {kubernetes.io/os: linux}
  restartPolicy: OnFailure
  dnsPolicy: None
  dnsConfig: {nameservers: [10.96.0.10], searches: [svc.cluster.local], options: [{name: ndots, value: "5"}]}
  hostAliases: [{ip: 127.0.0.1, hostnames: [foo.local]}]
  terminationGracePeriodSeconds: 0
  activeDeadlineSeconds: 600
  readinessGates: [{conditionType: example.com/ready}]
  securityContext: {runAsUser: 1000, runAsNonRoot: true, fsGroup: 2000, supplementalGroups: [1]}
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {a: b}}}
  tolerations:
  - {operator: Exists}
  - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions: [{key: cpu-count, operator: Gt, values: ["4"]}, {key: gpu, operator: DoesNotExist}]
          matchFields: [{key: metadata.name, operator: In, values: [node-1]}]
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 100, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}}}
  initContainers:
  - {name: setup, image: "registry.example.com:5000/team/setup@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
  - name: sidecar
    image: sidecar:1
    restartPolicy: Always
    startupProbe: {tcpSocket: {port: 9000}}
  containers:
  - name: main
    image: registry.example.com:5000/main
    command: [sh, -c]
    args: [sleep 1]
    workingDir: /srv
    ports: [{name: http, containerPort: 80}, {containerPort: 53, protocol: UDP, hostPort: 5353}]
    envFrom: [{prefix: CFG_, configMapRef: {name: settings}}, {secretRef: {name: keys, optional: true}}]
    env:
    - {name: PLAIN, value: x}
    - {name: EMPTY}
    - {name: with.dots-and-dashes, value: "1"}
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    - {name: LABEL, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
    - {name: KEY, valueFrom: {secretKeyRef: {name: keys, key: a.b}}}
    resources: {requests: {cpu: 0.1, memory: 64Mi, example.com/gpu: 1}, limits: {cpu: 1, memory: 128Mi, example.com/gpu: "1", ephemeral-storage: 1Gi}}
    livenessProbe: {httpGet: {path: /healthz, port: http, httpHeaders: [{name: X-A, value: b}]}, periodSeconds: 5, terminationGracePeriodSeconds: 3}
    readinessProbe: {exec: {command: [cat, /ready]}, successThreshold: 2}
    startupProbe: {grpc: {port: 5000}, failureThreshold: 30}
    lifecycle: {preStop: {exec: {command: [stop]}}, postStart: {httpGet: {port: 80}}}
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, readOnlyRootFilesystem: true, seccompProfile: {type: RuntimeDefault}}
    volumeMounts:
    - {name: empty, mountPath: /tmp, subPath: a/b}
    - {name: host, mountPath: /host, readOnly: true, mountPropagation: HostToContainer}
    - {name: all, mountPath: /all}
  volumes:
  - {name: empty, emptyDir: {medium: Memory, sizeLimit: 1Gi}}
  - {name: host, hostPath: {path: /var/log, type: Directory}}
  - {name: config, configMap: {name: settings, defaultMode: 0400, items: [{key: a, path: b/c, mode: 0777}]}}
  - {name: secret, secret: {secretName: keys}}
  - {name: claim, persistentVolumeClaim: {claimName: data}}
  - {name: meta, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: cpu, resourceFieldRef: {containerName: main, resource: limits.cpu}}]}}
  - name: all
    projected:
      sources:
      - serviceAccountToken: {path: token, audience: api}
      - configMap: {name: settings}
      - secret: {name: keys}
      - downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}
`;

test('a pod that uses much of what there is', () => {
  const { object } = decodeObject(text, pods, { syntax: 'yaml', fieldValidation: 'Strict' });
  pods.setDefaults(object);
  const context = { uid: 'u', wallTime: 0, randomBelow: () => 0 };
  expect(beforeCreate(pods, object, context).map(formatFieldError)).toEqual([]);
  const [main] = object.spec.containers;
  expect(main).toMatchObject({
    imagePullPolicy: 'Always',
    resources: { requests: { cpu: '100m', 'example.com/gpu': '1', 'ephemeral-storage': '1Gi' } },
    lifecycle: { postStart: { httpGet: { path: '/', port: 80, scheme: 'HTTP' } } },
    startupProbe: { grpc: { port: 5000, service: '' }, timeoutSeconds: 1, failureThreshold: 30 },
  });
  expect(object.spec.initContainers![0]!.imagePullPolicy).toBe('IfNotPresent');
  expect(object.spec.volumes![2]).toMatchObject({ configMap: { defaultMode: 0o400 } });
  expect(object.spec.volumes![6]).toMatchObject({
    projected: {
      defaultMode: 0o644,
      sources: [{ serviceAccountToken: { expirationSeconds: 3600 } }, {}, {}, {}],
    },
  });
  expect(object.status).toEqual({ phase: 'Pending', qosClass: 'Burstable' });
});
