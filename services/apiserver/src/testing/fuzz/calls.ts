/** Calls of the component API, from a seed: valid, nearly valid, hostile, and bytes that are no message. */
import type { KindDefinition } from '@drydock/api';
import { servedKinds } from '@drydock/api/testing';
import type { Random } from '@drydock/ports';
import { objectApi } from '@drydock/proto/api';
import { damaged, hostileBody } from './bytes.ts';
import { fuzzNamespace } from './requests.ts';

export interface FuzzCall {
  readonly path: string;
  readonly bytes: Buffer;
  readonly isStream: boolean;
  /** For people. */
  readonly shown: unknown;
}

const methods = ['Get', 'List', 'Watch', 'Create', 'Create', 'Update', 'Patch', 'Delete'] as const;
const names = ['a', 'b', 'c'];
const oddNames = ['', '.', '..', 'a/b', '../x', '\u0000', '__proto__', 'x'.repeat(5_000), 'Ä'];
const versions = [0, 1, 2, 99_999_999, Number.MAX_SAFE_INTEGER];
const selectors = ['', '', 'a=b', 'x in (', '__proto__=1', ','];

function referenceOf(random: Random, kind: KindDefinition, method: string) {
  const own = kind.subresources.map(({ name }) => name);
  const isMany = ['List', 'Watch', 'Create'].includes(method);
  return {
    group: random.chance(0.03) ? '__proto__' : kind.group,
    version: random.chance(0.05) ? 'v9' : kind.version,
    resource: random.chance(0.03) ? 'constructor' : kind.resource,
    namespace: random.chance(0.07) ? random.pick(['', 'default', ...oddNames]) : fuzzNamespace,
    name: isMany && random.chance(0.7) ? '' : random.pick(random.chance(0.1) ? oddNames : names),
    subresource: random.chance(0.25) ? random.pick([...own, 'status', 'scale', 'toString']) : '',
  };
}

export function drawCall(
  random: Random,
  bodyOf: (kind: KindDefinition, random: Random) => Record<string, unknown>,
): FuzzCall {
  const kind = random.pick(servedKinds);
  const name = random.pick(methods);
  const reference = random.chance(0.02) ? null : referenceOf(random, kind, name);
  const valid = () => {
    const body = bodyOf(kind, random);
    const { namespace: _namespace, ...metadata } = body['metadata'] as Record<string, unknown>;
    const place = kind.namespaced ? { namespace: fuzzNamespace } : {};
    return Buffer.from(
      JSON.stringify({
        ...body,
        metadata: { ...metadata, ...place, name: reference?.name || random.pick(names) },
      }),
    );
  };
  let json = random.chance(0.6) ? valid() : hostileBody(random).bytes;
  if (random.chance(0.1)) json = damaged(json, random);
  const request = {
    reference,
    json,
    patch: json,
    optionsJson: random.chance(0.5) ? Buffer.alloc(0) : json,
    type: random.pick(['JSON_PATCH', 'MERGE_PATCH', 'STRATEGIC_MERGE_PATCH', 'TYPE_UNSPECIFIED']),
    dryRun: random.chance(0.3),
    labelSelector: random.pick(selectors),
    fieldSelector: random.pick(selectors),
    minimumResourceVersion: random.chance(0.9) ? 0 : random.pick(versions),
    resourceVersion: random.pick(versions),
    anyVersion: random.chance(0.3),
    bookmarks: random.chance(0.5),
  };
  const method = objectApi[name];
  let bytes = (method.requestSerialize as (value: unknown) => Buffer)(request);
  if (random.chance(0.1)) bytes = damaged(bytes, random);
  const shown = { name, reference, json: json.toString('latin1').slice(0, 1_000) };
  return { path: method.path, bytes, isStream: name === 'Watch', shown };
}
