/** Authentication as the flags ask for it: files are read and checked once, at the start. */
import { readFileSync } from 'node:fs';
import type { Logger } from '@drydock/ports';
import { readSigningKey, readVerifyingKeys, type SigningKey, type TokenKey } from './keys.ts';
import { parseTokenFile, type StaticToken } from './token-file.ts';

export interface AuthenticationOptions {
  readonly staticTokens: readonly StaticToken[];
  /** The first one issues. Empty: there are no service account tokens. */
  readonly issuers: readonly string[];
  /** Undefined: this server verifies tokens, but signs none. */
  readonly signingKey: SigningKey | undefined;
  readonly verifyingKeys: readonly TokenKey[];
  readonly apiAudiences: readonly string[];
  /** Longest life of a token; undefined: what upstream's validation allows. */
  readonly tokenSecondsMax: number | undefined;
  /** Whether pods' own tokens live for a year, though they are renewed within the hour. */
  readonly extendsTokens: boolean;
  /** Undefined: this server's own address. */
  readonly jwksUri: string | undefined;
}

export const certificatesOnly: AuthenticationOptions = {
  staticTokens: [],
  issuers: [],
  signingKey: undefined,
  verifyingKeys: [],
  apiAudiences: [],
  tokenSecondsMax: undefined,
  extendsTokens: true,
  jwksUri: undefined,
};

export interface AuthenticationFlags {
  readonly 'token-auth-file': string | undefined;
  readonly 'service-account-issuer': readonly string[];
  readonly 'service-account-key-file': readonly string[];
  readonly 'service-account-signing-key-file': string | undefined;
  readonly 'service-account-jwks-uri': string | undefined;
  readonly 'api-audiences': readonly string[];
  /** Milliseconds; 0: not bounded. */
  readonly 'service-account-max-token-expiration': number;
  readonly 'service-account-extend-token-expiration': boolean;
}

const hourMillis = 3_600_000;

/** @throws Error that says which flag is wrong */
export function readAuthentication(flags: AuthenticationFlags, log: Logger): AuthenticationOptions {
  const issuers = flags['service-account-issuer'];
  const signingFile = flags['service-account-signing-key-file'];
  const tokenFile = flags['token-auth-file'];
  const millisMax = flags['service-account-max-token-expiration'];
  for (const issuer of issuers) {
    if (issuer.includes(':') && !URL.canParse(issuer)) {
      throw new Error(`service-account-issuer contained a ':' but was not a valid URL: ${issuer}`);
    }
  }
  if (signingFile !== undefined && issuers.length === 0) {
    throw new Error('service-account-issuer is a required flag, --service-account-issuer');
  }
  if (millisMax !== 0 && (millisMax < hourMillis || millisMax > 2 ** 32 * 1_000)) {
    throw new Error(
      'the service-account-max-token-expiration must be between 1 hour and 2^32 seconds',
    );
  }
  const signingKey =
    signingFile === undefined ? undefined : readSigningKey(read(signingFile), signingFile);
  const keys = flags['service-account-key-file'].flatMap((file) =>
    readVerifyingKeys(read(file), file),
  );
  const parsed = tokenFile === undefined ? undefined : parseTokenFile(read(tokenFile), tokenFile);
  for (const warning of parsed?.warnings ?? []) log.warn({}, warning);
  const audiences = flags['api-audiences'];
  return {
    staticTokens: parsed?.tokens ?? [],
    issuers,
    signingKey,
    verifyingKeys: keys.length === 0 && signingKey !== undefined ? [signingKey] : keys,
    apiAudiences: audiences.length === 0 ? issuers : audiences,
    tokenSecondsMax: millisMax === 0 ? undefined : millisMax / 1_000,
    extendsTokens: flags['service-account-extend-token-expiration'],
    jwksUri: flags['service-account-jwks-uri'],
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}
