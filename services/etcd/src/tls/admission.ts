/** Which callers may speak, beside having a certificate of the authority: by the names in it. */
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { TlsRules } from './tls-source.ts';

/** Why a caller with this certificate is refused; undefined when it is not. */
export function refusalOf(
  rules: Pick<TlsRules, 'allowedCommonNames' | 'allowedHostnames'>,
  certificate: PeerCertificate,
): string | undefined {
  const { allowedCommonNames, allowedHostnames } = rules;
  if (allowedCommonNames.length > 0) {
    const name = certificate.subject?.CN;
    const names = name === undefined ? [] : Array.isArray(name) ? name : [name];
    if (!names.some((one) => allowedCommonNames.includes(one))) {
      return `the common name ${JSON.stringify(names[0] ?? '')} is not allowed`;
    }
  }
  if (allowedHostnames.length > 0) {
    const isAllowed = allowedHostnames.some(
      (host) => checkServerIdentity(host, certificate) === undefined,
    );
    if (!isAllowed) return 'none of the names in the certificate is allowed';
  }
  return undefined;
}
