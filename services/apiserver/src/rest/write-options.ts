/**
 * What the query of a write says besides its object: dryRun, fieldValidation, fieldManager, force.
 * Source: apimachinery's validation of CreateOptions, UpdateOptions and PatchOptions.
 */
import {
  applyMediaType,
  badRequestError,
  invalidError,
  managerOfUserAgent,
  supportedPatchTypes,
  unsupportedMediaTypeError,
  validateFieldManager,
  validatePatchOptions,
  type FieldValidation,
} from '@drydock/api';
import type { PeerIdentity } from '@drydock/rpc';
import type { WriteOptions } from '../registry/requests.ts';
import type { Exchange } from './exchange.ts';
import { parseFlag } from './query-flag.ts';

export interface WriteRequest {
  readonly exchange: Exchange;
  readonly query: URLSearchParams;
  readonly verb: string;
  readonly user: PeerIdentity;
}

/** @throws ApiError */
export function parseWriteOptions({ exchange, query, verb, user }: WriteRequest): WriteOptions {
  const manager = query.get('fieldManager') ?? '';
  const optionsKind = optionsKinds[verb];
  if (optionsKind !== undefined) {
    const errors =
      verb === 'patch'
        ? validatePatchOptions({
            isApply: patchTypeOf(exchange) === applyMediaType,
            fieldManager: manager,
            force: parseFlag(query, 'force'),
          })
        : validateFieldManager(manager);
    const kind = { group: 'meta.k8s.io', kind: optionsKind };
    if (errors.length > 0) throw invalidError(kind, '', errors);
  }
  return {
    user,
    manager: manager || managerOfUserAgent(exchange.header('user-agent') ?? ''),
    dryRun: parseDryRun(query),
    fieldValidation: parseFieldValidation(query),
    warnings: [],
  };
}

const optionsKinds: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  patch: 'PatchOptions',
  update: 'UpdateOptions',
};

/** The media type of a patch. @throws ApiError UnsupportedMediaType */
export function patchTypeOf(exchange: Exchange): string {
  const mediaType = (exchange.header('content-type') ?? '').split(';')[0]!.trim();
  if (supportedPatchTypes.includes(mediaType)) return mediaType;
  throw unsupportedMediaTypeError(supportedPatchTypes);
}

function parseDryRun(query: URLSearchParams): boolean {
  const values = query.getAll('dryRun').filter((value) => value !== '');
  if (values.length === 0) return false;
  if (values.every((value) => value === 'All')) return true;
  throw badRequestError(`dryRun: Unsupported value: "${values[0]}": supported values: "All"`);
}

function parseFieldValidation(query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation');
  if (value === null || value === '') return 'Warn';
  if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
  throw badRequestError(
    `fieldValidation: Unsupported value: "${value}": supported values: "", "Ignore", "Strict", "Warn"`,
  );
}
