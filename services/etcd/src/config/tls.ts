/** The certificates of both kinds of link, as the flags ask for them. */
import { join } from 'node:path';
import { autoCertificate } from '../tls/auto-certificate.ts';
import { cipherList } from '../tls/cipher-suites.ts';
import { TlsSource, type TlsFileSet, type TlsRules } from '../tls/tls-source.ts';
import type { EtcdFlagValues } from './flags.ts';

const secureVersions = { 'TLS1.2': 'TLSv1.2', 'TLS1.3': 'TLSv1.3', '': 'TLSv1.3' } as const;

type Prefix = '' | 'peer-';

/**
 * `hosts` are what a certificate made here is for. Undefined where no flag asks for TLS.
 * @throws Error naming the flag or file that cannot be used
 */
export async function tlsOf(
  flags: EtcdFlagValues,
  prefix: Prefix,
  where: {
    readonly dataFolder: string;
    readonly hosts: readonly string[];
    /** For what other servers' certificates are checked; their URL's host when absent. */
    readonly serverName?: string | undefined;
  },
): Promise<TlsSource | undefined> {
  const caFile = flags[`${prefix}trusted-ca-file`];
  const isDemanding = flags[`${prefix}client-cert-auth`];
  const isAuto = prefix === '' ? flags['auto-tls'] : flags['peer-auto-tls'];
  const pair = await pairOf(flags, prefix, where);
  if (pair === undefined) return undefined;
  const isMade = isAuto && flags[`${prefix}cert-file`] === undefined;
  if (isDemanding && caFile === undefined) {
    throw new Error(`--${prefix}client-cert-auth needs --${prefix}trusted-ca-file`);
  }
  return new TlsSource(
    { ...pair, caFile, ...clientPairOf(flags, prefix), crlFile: crlOf(flags, prefix) },
    {
      ...rulesOf(flags, prefix),
      // An authority is given to verify callers by it, as in the original.
      requireClientCertificate: isDemanding || caFile !== undefined,
      skipsVerification: isMade,
      serverName: where.serverName,
    },
  );
}

async function pairOf(
  flags: EtcdFlagValues,
  prefix: Prefix,
  where: { readonly dataFolder: string; readonly hosts: readonly string[] },
): Promise<Pick<TlsFileSet, 'certFile' | 'keyFile'> | undefined> {
  const certFile = flags[`${prefix}cert-file`];
  const keyFile = flags[`${prefix}key-file`];
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  if (certFile !== undefined || keyFile !== undefined) {
    throw new Error(`--${prefix}cert-file and --${prefix}key-file go together`);
  }
  const isAuto = prefix === '' ? flags['auto-tls'] : flags['peer-auto-tls'];
  if (!isAuto) return undefined;
  return autoCertificate({
    folder: join(where.dataFolder, 'fixtures', prefix === '' ? 'client' : 'peer'),
    hosts: where.hosts,
    years: flags['self-signed-cert-validity'],
  });
}

function clientPairOf(flags: EtcdFlagValues, prefix: Prefix) {
  if (prefix === '') return { clientCertFile: undefined, clientKeyFile: undefined };
  const clientCertFile = flags['peer-client-cert-file'];
  const clientKeyFile = flags['peer-client-key-file'];
  if ((clientCertFile === undefined) !== (clientKeyFile === undefined)) {
    throw new Error('--peer-client-cert-file and --peer-client-key-file go together');
  }
  return { clientCertFile, clientKeyFile };
}

const crlOf = (flags: EtcdFlagValues, prefix: Prefix) =>
  prefix === '' ? flags['client-crl-file'] : flags['peer-crl-file'];

function rulesOf(
  flags: EtcdFlagValues,
  prefix: Prefix,
): Omit<TlsRules, 'requireClientCertificate' | 'skipsVerification' | 'serverName'> {
  const minVersion = flags['tls-min-version'];
  const maxVersion = flags['tls-max-version'];
  if (minVersion === 'TLS1.3' && maxVersion === 'TLS1.2') {
    throw new Error(`min version (${minVersion}) is greater than max version (${maxVersion})`);
  }
  const suites = flags['cipher-suites'];
  if (minVersion === 'TLS1.3' && suites.length > 0) {
    throw new Error('cipher suites cannot be configured when only TLS1.3 is enabled');
  }
  const allowedCommonNames = prefix === '' ? [] : flags['peer-cert-allowed-cn'];
  const allowedHostnames =
    prefix === '' ? flags['client-cert-allowed-hostname'] : flags['peer-cert-allowed-hostname'];
  if (allowedCommonNames.length > 0 && allowedHostnames.length > 0) {
    throw new Error('--peer-cert-allowed-cn and --peer-cert-allowed-hostname exclude each other');
  }
  return {
    allowedCommonNames,
    allowedHostnames,
    minVersion: secureVersions[minVersion],
    maxVersion: secureVersions[maxVersion],
    ciphers: cipherList(suites),
  };
}
