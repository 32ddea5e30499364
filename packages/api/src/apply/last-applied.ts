/**
 * The annotation in which client-side apply keeps its last configuration: the bridge from there to
 * server-side apply, for the manager `kubectl`.
 *
 * 1. What client-side apply applied last, and nobody has changed since, `kubectl` may take over
 *    without force.
 * 2. The annotation is kept up to date, so that client-side apply can come back.
 * Source: apimachinery, util/managedfields/internal (lastappliedmanager, lastappliedupdater).
 */
import { isMap } from '../patch/merge-patch.ts';
import { utf8Length } from '../metadata.ts';
import { compare, UntypedElement } from './compare.ts';
import { difference, noFields, type FieldSet } from './field-set.ts';
import type { StructType } from './field-type.ts';
import { goJson } from './go-json.ts';
import { fieldSetOf } from './owned-fields.ts';
import { validateConfiguration } from './validate.ts';

const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
const annotationBytesMax = 256 * 1024;

type Json = Record<string, unknown>;

function annotationsOf(object: Json): Json {
  const { metadata } = object;
  const annotations = isMap(metadata) ? metadata['annotations'] : undefined;
  return isMap(annotations) ? annotations : {};
}

/** Fields that still are as client-side apply left them. */
export function fieldsOfLastApplied(type: StructType, live: Json, apiVersion: string): FieldSet {
  const text = annotationsOf(live)[lastAppliedAnnotation];
  if (typeof text !== 'string' || text === '') return noFields;
  const config = parse(text);
  if (!isMap(config) || config['apiVersion'] !== apiVersion) return noFields;
  if (validateConfiguration(type, config) !== undefined) return noFields;
  try {
    const { added, removed, modified } = compare(type, config, live);
    const fields = fieldSetOf(type, config);
    return difference(difference(difference(fields, modified), added), removed);
  } catch (error) {
    if (error instanceof UntypedElement) return noFields;
    throw error;
  }
}

/** People may write anything into an annotation. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Brings the annotation up to date, where there is one. Changes the object's metadata. */
export function updateLastApplied(
  annotations: Record<string, string> | undefined,
  config: Json,
): void {
  if (annotations === undefined || (annotations[lastAppliedAnnotation] ?? '') === '') return;
  annotations[lastAppliedAnnotation] = `${goJson(sortKeys(withoutAnnotation(config)))}\n`;
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    bytes += utf8Length(key) + utf8Length(value);
  }
  if (bytes > annotationBytesMax) delete annotations[lastAppliedAnnotation];
}

function withoutAnnotation(config: Json): Json {
  const { metadata } = config;
  if (!isMap(metadata)) return config;
  const { annotations: given, ...rest } = metadata;
  if (!isMap(given)) return { ...config, metadata: rest };
  const { [lastAppliedAnnotation]: _last, ...annotations } = given;
  return { ...config, metadata: { ...rest, annotations } };
}

/** Go writes maps by their keys. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isMap(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key])]));
}
