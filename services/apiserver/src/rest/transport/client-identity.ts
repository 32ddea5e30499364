/** Who a client is by its certificate: read once for each connection. */
import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { identityOfSubject } from '@drydock/rpc';
import { authenticated, credentialIdKey, type Subject } from '../../authz/subject.ts';

const identities = new WeakMap<TLSSocket, { identity: Subject | undefined }>();

/** Undefined without a certificate of the cluster's CA. */
export function identityOf(socket: TLSSocket): Subject | undefined {
  let known = identities.get(socket);
  if (known === undefined) {
    known = { identity: socket.authorized ? readIdentity(socket) : undefined };
    identities.set(socket, known);
  }
  return known.identity;
}

function readIdentity(socket: TLSSocket): Subject | undefined {
  const { subject, raw } = socket.getPeerCertificate();
  const identity = identityOfSubject(subject);
  if (identity.user === '') return undefined;
  const credential = `X509SHA256=${createHash('sha256').update(raw).digest('hex')}`;
  const extra = { [credentialIdKey]: [credential] };
  return authenticated({ ...identity, extra });
}
