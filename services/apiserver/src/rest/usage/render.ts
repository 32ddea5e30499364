/** Usages in each of the forms that clients ask for. Their lists have no version: nothing is stored. Pure. */
import { stringify } from 'yaml';
import { groupVersion, type KindDefinition, type NodeMetrics, type PodMetrics } from '@drydock/api';
import type { ResponseForm } from '../negotiate.ts';

type UsageObject = NodeMetrics | PodMetrics;

export interface UsageRendering {
  readonly kind: KindDefinition;
  readonly form: ResponseForm;
  /** Of the objects in a Table. */
  readonly includeObject: string;
}

const meta = 'meta.k8s.io/v1';

const partial = ({ metadata }: UsageObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: meta,
  metadata,
});

function table(objects: readonly UsageObject[], { kind, includeObject }: UsageRendering) {
  const shown = (one: UsageObject) =>
    includeObject === 'None' ? null : includeObject === 'Object' ? one : partial(one);
  return {
    kind: 'Table',
    apiVersion: meta,
    metadata: {},
    columnDefinitions: kind.columns,
    // Nothing in a cell is an age.
    rows: objects.map((one) => ({ cells: kind.cells(one, 0), object: shown(one) })),
  };
}

const write = (value: unknown, form: ResponseForm) =>
  form === 'yaml' ? stringify(value) : `${JSON.stringify(value)}\n`;

export function renderUsage(object: UsageObject, rendering: UsageRendering): string {
  const { form } = rendering;
  if (form === 'table') return write(table([object], rendering), form);
  return write(form === 'partial' ? partial(object) : object, form);
}

export function renderUsages(objects: readonly UsageObject[], rendering: UsageRendering): string {
  const { form, kind } = rendering;
  if (form === 'table') return write(table(objects, rendering), form);
  const list = { metadata: {}, items: form === 'partial' ? objects.map(partial) : objects };
  const type =
    form === 'partial'
      ? { kind: 'PartialObjectMetadataList', apiVersion: meta }
      : { kind: kind.listKind, apiVersion: groupVersion(kind) };
  return write({ ...type, ...list }, form);
}
