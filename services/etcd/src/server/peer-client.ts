/** gRPC clients to other members. */
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { ChannelCredentials, Client } from '@grpc/grpc-js';
import { channelCredentials } from '@drydock/rpc';
import type { ClientMaterial } from '../tls/tls-source.ts';

/** @throws when the URL needs TLS that is not there */
export function createClient(url: string, tls: ClientMaterial | undefined): Client {
  const { host, hostname, protocol } = new URL(url);
  if (protocol === 'https:' && tls === undefined) {
    throw new Error(`${url} needs --peer-cert-file, --peer-key-file and --peer-trusted-ca-file`);
  }
  const secure = protocol === 'https:' && tls !== undefined;
  const address = secure && isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 ? hostname : undefined;
  const serverName =
    secure && tls.serverName !== undefined
      ? tls.serverName
      : address === undefined
        ? undefined
        : 'address.invalid';
  const credentials =
    secure && tls.skipsVerification
      ? unverified(tls)
      : address === undefined || tls?.serverName !== undefined
        ? channelCredentials(secure ? tls : undefined)
        : credentialsForAddress(address, tls!);
  return new Client(host, credentials, {
    ...(serverName === undefined ? {} : { 'grpc.ssl_target_name_override': serverName }),
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': 2_000,
    'grpc.keepalive_timeout_ms': 2_000,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.min_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // The default of 30 s would keep dialling where a restarted peer was.
    'grpc.dns_min_time_between_resolutions_ms': 500,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_retries': 0,
    'grpc-node.flow_control_window': 16 * 1024 * 1024,
  });
}

/**
 * TLS to a plain address: Node.js refuses an address as the server name that grpc-js would send, so a
 * name that is nobody's is sent, and the certificate is checked for the address.
 */
function credentialsForAddress(address: string, tls: ClientMaterial): ChannelCredentials {
  return ChannelCredentials.createSsl(tls.ca, tls.key, tls.cert, {
    checkServerIdentity: (_name, certificate) => checkServerIdentity(address, certificate),
  });
}

const unverified = ({ cert, key }: ClientMaterial): ChannelCredentials =>
  ChannelCredentials.createSsl(null, key, cert, {
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
