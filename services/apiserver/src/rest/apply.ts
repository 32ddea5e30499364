/** Server-side apply over REST: PATCH with application/apply-patch+yaml. */
import {
  applyConfiguration,
  badRequestError,
  bodyBytesMax,
  conflictError,
  convertObject,
  ownedTypeOf,
  parseBody,
  ApiError,
  type KubernetesObject,
  type Parsed,
  type Scale,
} from '@drydock/api';
import type { Clock } from '@drydock/ports';
import type { UpdateAsk, UpdatePart } from '../registry/requests.ts';
import { applyScale, type ScaleAsk } from '../registry/subresources/scale.ts';
import type { Action } from './action.ts';
import { parseFlag } from './query-flag.ts';

interface Configuration {
  readonly config: unknown;
  readonly force: boolean;
}

/** The configuration of an apply, as its author wrote it. @throws ApiError */
async function readConfiguration({ exchange, query, write }: Action): Promise<Configuration> {
  const text = (await exchange.readBody(bodyBytesMax)).toString();
  const { value, duplicates } = parseConfiguration(text);
  if (duplicates.length > 0 && write.fieldValidation === 'Strict') {
    const lines = duplicates.join('\n  ');
    throw badRequestError(
      `error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  ${lines}`,
    );
  }
  if (write.fieldValidation === 'Warn') write.warnings.push(...duplicates);
  return { config: value, force: parseFlag(query, 'force') ?? false };
}

/** JSON is YAML, and kubectl sends it: its own parser reads it a hundred times faster. */
function parseConfiguration(text: string): Parsed {
  if (text.trimStart().startsWith('{')) {
    try {
      const parsed = parseBody(text);
      if (parsed.duplicates.length === 0) return parsed;
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'BadRequest') throw error;
    }
  }
  try {
    return parseBody(text, { syntax: 'yaml' });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'BadRequest') throw error;
    throw badRequestError(`error decoding YAML: ${error.message}`);
  }
}

/** @throws ApiError */
export async function readApply(
  clock: Clock,
  part: UpdatePart,
  action: Action,
): Promise<UpdateAsk> {
  const { kind, target, path, write } = action;
  const configuration = await readConfiguration(action);
  const finish = (value: unknown): KubernetesObject => {
    const { object } = convertObject({ value, duplicates: [] }, kind, 'Ignore');
    kind.setDefaults(object);
    return object;
  };
  const applyTo = (live: KubernetesObject | undefined) => {
    const { manager } = write;
    const { subresource } = path;
    const request = { live, ...configuration, manager, subresource, wallTime: clock.wallTime() };
    return applyConfiguration(ownedTypeOf(kind), request, finish);
  };
  const makeNew = () => {
    const object = applyTo(undefined);
    const { uid } = object.metadata;
    if (uid === undefined || uid === '') return object;
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflictError(kind, target.name, why);
  };
  return {
    part,
    make: (current) => applyTo(current.parse()),
    decidesOwners: true,
    // A subresource never creates its object.
    ...(path.subresource === '' ? { makeNew } : {}),
  };
}

/** @throws ApiError */
export async function readScaleApply(clock: Clock, action: Action): Promise<ScaleAsk> {
  const configuration = await readConfiguration(action);
  const { manager } = action.write;
  const make = (live: Scale) =>
    applyScale(live, configuration, { manager, wallTime: clock.wallTime() });
  return { make, decidesOwners: true };
}
