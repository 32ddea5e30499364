/**
 * What lets others verify service account tokens by themselves (OpenID Connect Discovery 1.0): the
 * issuer's configuration and its public keys.
 */
import { jwkOf, type TokenKey } from './keys.ts';

export interface OpenIdDocument {
  readonly mediaType: string;
  readonly text: string;
}

export interface OpenIdOptions {
  readonly issuer: string;
  readonly keys: readonly TokenKey[];
  /** Where the public keys are fetched. */
  readonly jwksUri: string;
}

export const jwksPath = '/openid/v1/jwks';

/** The documents by their paths. */
export function openIdDocuments({
  issuer,
  keys,
  jwksUri,
}: OpenIdOptions): ReadonlyMap<string, OpenIdDocument> {
  // Without TLS a relying party could be told any keys: upstream serves nothing then.
  if (!issuer.startsWith('https://')) return new Map();
  const configuration = {
    issuer,
    jwks_uri: jwksUri,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(keys.map(({ algorithm }) => algorithm))],
  };
  const document = (mediaType: string, value: object) => ({
    mediaType,
    text: JSON.stringify(value),
  });
  return new Map([
    ['/.well-known/openid-configuration', document('application/json', configuration)],
    [jwksPath, document('application/jwk-set+json', { keys: keys.map(jwkOf) })],
  ]);
}
