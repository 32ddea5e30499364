/** Reads the bodies of writes: JSON, YAML or protobuf. */
import {
  bodyBytesMax,
  convertBody,
  convertObject,
  decodeProtobufBody,
  decodeProtobufObject,
  parseBody,
  parseObjectBody,
  protobufMediaType,
  unsupportedMediaTypeError,
  type KindDefinition,
  type KubernetesObject,
  type SchemaName,
} from '@drydock/api';
import type { WriteOptions } from '../registry/requests.ts';
import type { Exchange } from './exchange.ts';

const json = 'application/json';
const yaml = 'application/yaml';
const accepted: readonly string[] = [json, yaml, protobufMediaType];

/** Some clients send JSON and do not say so. */
function mediaTypeOf(exchange: Exchange): string {
  const mediaType = (exchange.header('content-type') ?? '').split(';')[0]!.trim() || json;
  if (!accepted.includes(mediaType)) throw unsupportedMediaTypeError(accepted);
  return mediaType;
}

/**
 * The body as objects of a kind: each call of the result makes a fresh one, because the registry
 * changes what it is handed.
 * @throws ApiError
 */
export async function bodyReader(
  exchange: Exchange,
  kind: KindDefinition,
  write: WriteOptions,
): Promise<() => KubernetesObject> {
  const mediaType = mediaTypeOf(exchange);
  const bytes = await exchange.readBody(bodyBytesMax);
  const { fieldValidation } = write;
  let decode: () => { object: KubernetesObject; warnings: readonly string[] };
  if (mediaType === protobufMediaType) decode = () => decodeProtobufObject(bytes, kind);
  else {
    const syntax = mediaType === yaml ? 'yaml' : 'json';
    const text = bytes.toString();
    const parsed = parseObjectBody(text, kind.kind, { syntax, fieldValidation });
    decode = () => convertObject(parsed, kind, fieldValidation);
  }
  const first = decode();
  write.warnings.push(...first.warnings);
  let fresh: KubernetesObject | undefined = first.object;
  return () => {
    const object = fresh === undefined ? decode().object : fresh;
    fresh = undefined;
    return object;
  };
}

/** The body of a subresource: an object that is no stored kind. */
export async function readTypedBody(
  exchange: Exchange,
  type: { readonly apiVersion: string; readonly schema: SchemaName },
  write: WriteOptions,
): Promise<Record<string, unknown>> {
  const mediaType = mediaTypeOf(exchange);
  const bytes = await exchange.readBody(bodyBytesMax);
  if (mediaType === protobufMediaType) return decodeProtobufBody(bytes, type.schema);
  const syntax = mediaType === yaml ? 'yaml' : 'json';
  const { fieldValidation } = write;
  const parsed = parseObjectBody(bytes.toString(), type.schema, { syntax, fieldValidation });
  const { object, warnings } = convertBody(parsed, { kind: type.schema, ...type }, fieldValidation);
  write.warnings.push(...warnings);
  return object;
}

/** DeleteOptions, often left out. */
export async function readDeleteBody(exchange: Exchange): Promise<unknown> {
  const bytes = await exchange.readBody(bodyBytesMax);
  if (bytes.length === 0) return {};
  if (mediaTypeOf(exchange) === protobufMediaType)
    return decodeProtobufBody(bytes, 'DeleteOptions');
  const text = bytes.toString();
  return text.trim() === '' ? {} : parseBody(text, { fieldValidation: 'Ignore' }).value;
}
