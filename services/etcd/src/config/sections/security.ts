/** Section "Security": certificates of both kinds of link, and who may ask over plain HTTP. */
import { boolean, choice, hint, integer, list, path } from '../flag.ts';

export const securityFlags = {
  'cert-file': path({ help: 'Certificate for clients.' }),
  'key-file': path({ help: 'Its private key.' }),
  'client-cert-auth': boolean({ default: false, help: 'Demand a certificate of clients.' }),
  'client-cert-file': hint(
    path({ help: 'Certificate by which this member calls itself.' }),
    'this member does not call itself over the network',
  ),
  'client-key-file': hint(
    path({ help: 'Its private key.' }),
    'this member does not call itself over the network',
  ),
  'client-crl-file': path({ help: 'Certificates of clients that are revoked.' }),
  'client-cert-allowed-hostname': list({
    default: [],
    help: 'Names of which one must be in the certificate of a client.',
  }),
  'trusted-ca-file': path({ help: 'Authority of the certificates of clients.' }),
  'auto-tls': boolean({ default: false, help: 'Serve clients with a certificate made at start.' }),
  'peer-cert-file': path({ help: 'Certificate for other members.' }),
  'peer-key-file': path({ help: 'Its private key.' }),
  'peer-client-cert-auth': boolean({
    default: false,
    help: 'Demand a certificate of other members.',
  }),
  'peer-trusted-ca-file': path({ help: 'Authority of the certificates of members.' }),
  'peer-cert-allowed-cn': list({
    default: [],
    help: 'Common names of which one must be that of the certificate of a member.',
  }),
  'peer-cert-allowed-hostname': list({
    default: [],
    help: 'Names of which one must be in the certificate of a member.',
  }),
  'peer-auto-tls': boolean({
    default: false,
    help: 'Talk to members with a certificate made at start.',
  }),
  'peer-client-cert-file': path({
    help: 'Certificate by which to call other members; --peer-cert-file if not given.',
  }),
  'peer-client-key-file': path({ help: 'Its private key.' }),
  'self-signed-cert-validity': integer({
    default: 1,
    min: 1,
    help: 'Years that certificates made at start are good for.',
  }),
  'peer-crl-file': path({ help: 'Certificates of members that are revoked.' }),
  'cipher-suites': list({
    default: [],
    help: 'Cipher suites of TLS 1.2, by the names of Go and IANA; all safe ones if not given.',
  }),
  cors: list({ default: ['*'], help: 'Web sites whose pages may use the HTTP API; *: all.' }),
  'host-whitelist': list({
    default: ['*'],
    help: 'Hosts by which plain HTTP may ask for this member; *: all.',
  }),
  'tls-min-version': choice(['TLS1.2', 'TLS1.3'], {
    default: 'TLS1.2',
    help: 'Oldest version of TLS.',
  }),
  'tls-max-version': choice(['', 'TLS1.2', 'TLS1.3'], {
    default: '',
    help: 'Newest version of TLS; the newest there is if not given.',
  }),
  'experimental-peer-skip-client-san-verification': hint(
    boolean({ default: false, help: 'Do not compare addresses of members with their names.' }),
    'they are never compared: a member may come from any address',
  ),
} as const;
