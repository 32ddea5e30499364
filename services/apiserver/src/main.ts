/** The apiserver as a process. */
import { boolean, duration, integer, list, path, port, runMain, text } from '@drydock/process';
import { readTls } from '@drydock/rpc';
import { createApiServer } from './api-server.ts';
import { readAuthentication } from './authn/options.ts';
import { createIPRange, createPortRange } from './registry/services/range.ts';

const flags = {
  'bind-address': text({ default: '0.0.0.0', help: 'address that both ports listen on' }),
  'secure-port': port({ default: 6443, help: 'HTTPS port of the Kubernetes API' }),
  'grpc-port': port({ default: 6444, help: 'gRPC port of the component API' }),
  'advertise-address': text({
    default: undefined,
    help: 'address or name under which the cluster reaches this server; default: the first of the machine',
  }),
  'etcd-servers': list({ help: 'URLs of the etcd members' }),
  'etcd-cafile': path({ default: undefined, help: 'CA certificate of etcd' }),
  'etcd-certfile': path({ default: undefined, help: 'certificate shown to etcd' }),
  'etcd-keyfile': path({ default: undefined, help: 'key of --etcd-certfile' }),
  'tls-cert-file': path({ help: 'certificate shown to clients' }),
  'tls-private-key-file': path({ help: 'key of --tls-cert-file' }),
  'client-ca-file': path({ help: 'CA certificate of the clients' }),
  'token-auth-file': path({
    default: undefined,
    help: 'lines of token,user,uid,"group1,group2": who shows which bearer token',
  }),
  'service-account-issuer': list({
    default: [],
    help: 'URLs in the tokens of service accounts; the first one issues, the others are accepted',
  }),
  'service-account-key-file': list({
    default: [],
    help: 'files of keys that verify such tokens; default: --service-account-signing-key-file',
  }),
  'service-account-signing-key-file': path({
    default: undefined,
    help: 'private key that signs such tokens: RSA, or ECDSA on P-256, P-384 or P-521',
  }),
  'service-account-max-token-expiration': duration({
    default: 0,
    help: 'longest life of such a token, 1h to 2^32s; 0: as long as it is asked for',
  }),
  'service-account-extend-token-expiration': boolean({
    default: true,
    help: 'tokens of pods are good for a year, though they are renewed every hour',
  }),
  'service-account-jwks-uri': text({
    default: undefined,
    help: 'where others find the keys; default: this server',
  }),
  'api-audiences': list({
    default: [],
    help: 'audiences that this server answers to; default: --service-account-issuer',
  }),
  'disable-admission-plugins': list({
    default: [],
    help: 'admission plugins that are switched off; known: ServiceAccount',
  }),
  'kubelet-client-certificate': path({
    default: undefined,
    help: 'certificate shown to node-agents',
  }),
  'kubelet-client-key': path({ default: undefined, help: 'key of --kubelet-client-certificate' }),
  'kubelet-ca-file': path({
    default: undefined,
    help: 'CA certificate of the node-agents; default: --client-ca-file',
  }),
  'service-cluster-ip-range': text({ default: '10.96.0.0/16', help: 'addresses of Services' }),
  'service-node-port-range': text({ default: '30000-32767', help: 'node ports of Services' }),
  'event-ttl': duration({ default: 3_600_000, help: 'how long Events are kept' }),
  'request-timeout': duration({
    default: 60_000,
    help: 'longest time of a request that is no watch',
  }),
  'max-requests-inflight': integer({ default: 400, min: 1, help: 'reads under way at once' }),
  'max-mutating-requests-inflight': integer({
    default: 200,
    min: 1,
    help: 'writes under way at once',
  }),
} as const;

await runMain({
  name: 'apiserver',
  description: 'serves the Kubernetes API over HTTPS, and to components over gRPC',
  flags,
  start: async ({ config, clock, random, log, metrics, health, stack }) => {
    const clientCa = config['client-ca-file'];
    const etcdCert = config['etcd-certfile'];
    const kubeletCert = config['kubelet-client-certificate'];
    const server = stack.use(
      await createApiServer(
        { clock, random, log, metrics },
        {
          bindAddress: config['bind-address'],
          securePort: config['secure-port'],
          grpcPort: config['grpc-port'],
          advertiseAddress: config['advertise-address'],
          etcdEndpoints: config['etcd-servers'].map((url) => url.replace(/^https?:\/\//, '')),
          etcdTls:
            etcdCert === undefined
              ? undefined
              : readTls({
                  certFile: etcdCert,
                  keyFile: config['etcd-keyfile'] ?? '',
                  caFile: config['etcd-cafile'] ?? '',
                }),
          tls: readTls({
            certFile: config['tls-cert-file'],
            keyFile: config['tls-private-key-file'],
            caFile: clientCa,
          }),
          authentication: readAuthentication(config, log),
          disabledAdmissionPlugins: config['disable-admission-plugins'],
          kubeletTls:
            kubeletCert === undefined
              ? undefined
              : readTls({
                  certFile: kubeletCert,
                  keyFile: config['kubelet-client-key'] ?? '',
                  caFile: config['kubelet-ca-file'] ?? clientCa,
                }),
          serviceIPs: createIPRange(config['service-cluster-ip-range']),
          nodePorts: createPortRange(config['service-node-port-range']),
          eventTtlMillis: config['event-ttl'],
          requestTimeoutMillis: config['request-timeout'],
          readsInFlightMax: config['max-requests-inflight'],
          writesInFlightMax: config['max-mutating-requests-inflight'],
        },
      ),
    );
    for (const [name, check] of server.livenessChecks) health.addLivenessCheck(name, check);
    for (const [name, check] of server.readinessChecks) health.addReadinessCheck(name, check);
    log.info({ securePort: server.securePort, grpcPort: server.grpcPort }, 'serving');
  },
});
