/**
 * What a resource kind is: the one interface behind REST, storage, tables, discovery and OpenAPI.
 *
 * 1. Every function is pure; those that prepare or default change the object they are handed, in
 *    place, and nothing else.
 * 2. The order on create is: decode, setDefaults, mutating admission, prepareForCreate, validate,
 *    canonicalize.
 *    `strategy.ts` runs the steps after admission in that order for every kind.
 * 3. Method syntax is deliberate: it lets a KindDefinition<Pod> stand among KindDefinitions of any
 *    object, and the registry is the only place that pairs objects with their kind.
 */
import type { FieldError } from './field-error.ts';
import type { ObjectReference } from './generated/types.ts';
import type { KubernetesObject } from './object.ts';
import type { SchemaName } from './schema.ts';

export interface SubresourceDefinition {
  /** As in the path: 'status', 'scale', 'binding', 'log', ... */
  readonly name: string;
  /** The kind that the subresource takes and answers with. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  /** 'name' for the column that names the object. */
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: 0 | 1;
}

export type TableCell = string | number | boolean;

/** A method type, so that it is as bivariant as the methods of KindDefinition. */
export type FieldReader<T> = { read(object: T): string }['read'];

export interface PrepareContext {
  /** Milliseconds since the Unix epoch. */
  readonly wallTime: number;
}

/** How one subresource changes an object. */
export interface PartUpdate<T> {
  /** Keeps all of `old` but that part. */
  prepare(object: T, old: T): void;
  validate(object: T, old: T): FieldError[];
}

export interface KindDefinition<T extends KubernetesObject = KubernetesObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly SubresourceDefinition[];
  readonly schema: SchemaName;
  /** What the kind is, in a sentence: `kubectl explain` shows it. */
  readonly description: string;
  /** Told to everybody who uses this version of the kind: since when there is something better. */
  readonly deprecation?: string;
  /** A PUT to a name that does not exist creates the object. */
  readonly allowCreateOnUpdate: boolean;
  /** A PUT without metadata.resourceVersion overwrites whatever is there. */
  readonly allowUnconditionalUpdate: boolean;

  /** Upstream's defaults. */
  setDefaults(object: T): void;
  /** Brings a new object into its first state: no status, generation 1, phase Pending, ... */
  prepareForCreate(object: T, context: PrepareContext): void;
  /** Keeps the status of `old`, and bumps the generation when the spec changes. */
  prepareForUpdate(object: T, old: T): void;
  /** Keeps all but the status of `old`. Without a context no time is stamped. */
  prepareForStatusUpdate(object: T, old: T, context?: PrepareContext): void;
  validate(object: T): FieldError[];
  validateUpdate(object: T, old: T): FieldError[];
  validateStatusUpdate(object: T, old: T): FieldError[];
  /** Brings a valid object into the one form in which it is stored. */
  canonicalize(object: T): void;
  /** What to tell the writer of a valid object, in upstream's words: a `Warning` header each. */
  warningsOnCreate(object: T): string[];
  warningsOnUpdate(object: T, old: T): string[];
  /** Subresources beside `status` that change a part of the object, by name: `approval`. */
  readonly partUpdates: Readonly<Record<string, PartUpdate<T>>>;

  readonly columns: readonly TableColumn[];
  /** One cell a column. @param wallTime milliseconds since the Unix epoch, for ages */
  cells(object: T, wallTime: number): TableCell[];

  /** The fields that a field selector may name, with how to read them. */
  readonly fieldSelectors: Readonly<Record<string, FieldReader<T>>>;

  /** The scale subresource, where there is one: its reading and its writing. */
  readonly scale?: ScaleDefinition<T>;

  /** Set where this is another version of a kind that is stored. */
  readonly view?: ViewDefinition<T>;
}

/**
 * What makes a kind a view: the objects of another kind in another version's shape. Only the other one is
 * stored, cached and prepared for storage; its rules hold for what comes in through the view, too.
 */
export interface ViewDefinition<T extends KubernetesObject = KubernetesObject> {
  readonly of: KindDefinition;
  show(stored: KubernetesObject): T;
  store(object: T): KubernetesObject;
  /** What this version asks of new objects beyond the rules of the stored kind. */
  validateNew(object: T): FieldError[];
}

export interface ScaleDefinition<T> {
  replicas(object: T): number;
  statusReplicas(object: T): number;
  /** The selector in its string form. */
  selector(object: T): string;
  setReplicas(object: T, replicas: number): void;
}

/** What discovery tells of a resource; a server may add resources that are no stored kinds. */
export type DiscoveryResource = Pick<
  KindDefinition,
  | 'group'
  | 'version'
  | 'kind'
  | 'resource'
  | 'singular'
  | 'shortNames'
  | 'categories'
  | 'namespaced'
  | 'verbs'
  | 'subresources'
>;

/** `v1` or `apps/v1`. */
export function groupVersion(kind: { readonly group: string; readonly version: string }): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** `pods` or `deployments.apps`, as error texts name a resource. */
export function qualifiedResource(kind: {
  readonly group: string;
  readonly resource: string;
}): string {
  return kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`;
}

/** A reference to an object, as events carry it. */
export function referenceTo(object: KubernetesObject): ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    kind: object.kind,
    apiVersion: object.apiVersion,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}
