/**
 * Objects and lists as the bytes of a response, in each of the forms that clients ask for. Stored
 * bytes are copied, not parsed, wherever the form allows it.
 */
import { stringify } from 'yaml';
import {
  groupVersion,
  type KindDefinition,
  type KubernetesObject,
  type Status,
} from '@drydock/api';
import type { StoredObject } from '../storage/stored-object.ts';
import type { ResponseForm } from './negotiate.ts';

export interface Rendering {
  readonly form: ResponseForm;
  /** Of the objects in a Table: nothing, their metadata, or all. */
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  /** Milliseconds since the Unix epoch, for ages. */
  readonly wallTime: number;
}

export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export const contentTypes: Readonly<Record<ResponseForm, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  table: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  partial: 'application/json',
};

const meta = 'meta.k8s.io/v1';
const comma = Buffer.from(',');
const listEnd = Buffer.from(']}\n');

/** As YAML 1.1 has it, which clients read: `on` and `n` would be booleans to them without quotes. */
const yaml = (value: unknown): string => stringify(value, { version: '1.1' });

/** One object, in the form; of a Table, a table of one row. */
export function renderObject(object: StoredObject, rendering: Rendering): Uint8Array | string {
  switch (rendering.form) {
    case 'json':
      return object.json;
    case 'yaml':
      return yaml(object.parse());
    case 'table':
      return renderTable(
        object.kind,
        [object],
        { resourceVersion: String(object.revision) },
        rendering,
      );
    case 'partial':
      return JSON.stringify(partialObject(object.parse()));
    default:
      return rendering.form satisfies never;
  }
}

/** A body in pieces, which are somebody's bytes already. */
export interface PartedBody {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

export type Body = Uint8Array | string | PartedBody;

export function renderList(
  kind: KindDefinition,
  objects: readonly StoredObject[],
  metadata: ListMetadata,
  rendering: Rendering,
): Body {
  switch (rendering.form) {
    case 'json':
      return listOf(kind.listKind, groupVersion(kind), metadata, objects);
    case 'yaml': {
      const items = objects.map((object) => object.parse());
      return yaml({ kind: kind.listKind, apiVersion: groupVersion(kind), metadata, items });
    }
    case 'table':
      return renderTable(kind, objects, metadata, rendering);
    case 'partial': {
      const items = objects.map((object) => partialObject(object.parse()));
      const list = { kind: 'PartialObjectMetadataList', apiVersion: meta, metadata, items };
      return JSON.stringify(list);
    }
    default:
      return rendering.form satisfies never;
  }
}

/** The objects' own bytes, one after the other: those of a large list are copied as they are sent. */
function listOf(
  listKind: string,
  apiVersion: string,
  metadata: ListMetadata,
  objects: readonly StoredObject[],
): PartedBody {
  const head = JSON.stringify({ kind: listKind, apiVersion, metadata });
  const parts: Uint8Array[] = [Buffer.from(`${head.slice(0, -1)},"items":[`)];
  objects.forEach((object, index) => {
    if (index > 0) parts.push(comma);
    parts.push(object.json);
  });
  parts.push(listEnd);
  return { parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
}

function partialObject({ metadata }: KubernetesObject) {
  return { kind: 'PartialObjectMetadata', apiVersion: meta, metadata };
}

function renderTable(
  kind: KindDefinition,
  objects: readonly StoredObject[],
  metadata: ListMetadata,
  { includeObject, wallTime }: Rendering,
): string {
  const rows = objects.map((stored) => {
    const object = stored.parse();
    const cells = JSON.stringify(kind.cells(object, wallTime));
    const shown =
      includeObject === 'None'
        ? 'null'
        : includeObject === 'Object'
          ? stored.json.toString()
          : JSON.stringify(partialObject(object));
    return `{"cells":${cells},"object":${shown}}`;
  });
  const head = JSON.stringify({
    kind: 'Table',
    apiVersion: meta,
    metadata,
    columnDefinitions: kind.columns,
  });
  return `${head.slice(0, -1)},"rows":[${rows.join(',')}]}\n`;
}

/** The object of a bookmark: nothing but a version, and perhaps the mark of the initial events' end. */
export function renderBookmark(
  kind: KindDefinition,
  revision: number,
  options: { readonly endsInitialEvents: boolean; readonly form: ResponseForm },
): string {
  const metadata = {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(options.endsInitialEvents ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  };
  if (options.form === 'table') {
    return JSON.stringify({ kind: 'Table', apiVersion: meta, metadata, rows: [] });
  }
  if (options.form === 'partial') {
    return JSON.stringify({ kind: 'PartialObjectMetadata', apiVersion: meta, metadata });
  }
  return JSON.stringify({ kind: kind.kind, apiVersion: groupVersion(kind), metadata });
}

export const renderStatus = (status: Status): string => `${JSON.stringify(status)}\n`;
