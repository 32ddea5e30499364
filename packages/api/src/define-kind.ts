/** Fills in what most kinds have in common, so that a kind's folder says only what is its own. */
import { forbidden } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import type {
  FieldReader,
  KindDefinition,
  PartUpdate,
  PrepareContext,
  ScaleDefinition,
  SubresourceDefinition,
  TableCell,
  TableColumn,
  ViewDefinition,
} from './kind.ts';
import {
  defaultNameProblems,
  inheritMetadata,
  validateMetadata,
  validateMetadataUpdate,
} from './metadata.ts';
import type { NameCheck } from './metadata.ts';
import type { KubernetesObject } from './object.ts';
import type { SchemaName } from './schema.ts';
import { age } from './time.ts';

export interface KindParts<T extends KubernetesObject> {
  readonly group?: string;
  /** 'v1' when absent. */
  readonly version?: string;
  readonly kind: string;
  /** The name of the kind when absent. */
  readonly schema?: SchemaName;
  readonly resource: string;
  readonly description: string;
  readonly deprecation?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced?: boolean;
  readonly verbs?: readonly string[];
  readonly subresources?: readonly SubresourceDefinition[];
  readonly allowCreateOnUpdate?: boolean;
  readonly allowUnconditionalUpdate?: boolean;
  readonly nameProblems?: NameCheck;

  setDefaults?(object: T): void;
  prepareForCreate?(object: T, context: PrepareContext): void;
  prepareForUpdate?(object: T, old: T): void;
  prepareForStatusUpdate?(object: T, old: T, context?: PrepareContext): void;
  /** Metadata is validated for every kind already. */
  validate?(object: T): FieldError[];
  /** Runs beside `validate` of a new object. */
  validateCreate?(object: T): FieldError[];
  /** Runs beside `validate` of the new object. */
  validateUpdate?(object: T, old: T): FieldError[];
  validateStatusUpdate?(object: T, old: T): FieldError[];
  canonicalize?(object: T): void;
  warningsOnCreate?(object: T): string[];
  warningsOnUpdate?(object: T, old: T): string[];
  readonly partUpdates?: Readonly<Record<string, PartUpdate<T>>>;

  readonly columns?: readonly TableColumn[];
  cells?(object: T, wallTime: number): TableCell[];
  readonly fieldSelectors?: Readonly<Record<string, FieldReader<T>>>;
  readonly scale?: ScaleDefinition<T>;
}

export const allVerbs = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const;

export function column(
  name: string,
  description: string,
  options: { readonly type?: TableColumn['type']; readonly wide?: boolean } = {},
): TableColumn {
  return {
    name,
    type: options.type ?? 'string',
    format: name === 'Name' ? 'name' : '',
    description,
    priority: options.wide ? 1 : 0,
  };
}

export const nameColumn = column('Name', 'The name of the object, unique within its scope.');
export const ageColumn = column('Age', 'The time since the object was created.');

export function statusSubresource(kind: {
  readonly group?: string;
  readonly kind: string;
}): SubresourceDefinition {
  return {
    name: 'status',
    group: kind.group ?? '',
    version: 'v1',
    kind: kind.kind,
    verbs: ['get', 'patch', 'update'],
  };
}

/** Whatever method a request has, it goes on to what the object stands for. */
export function proxySubresource(kind: string): SubresourceDefinition {
  const verbs = ['create', 'delete', 'get', 'patch', 'update'];
  return { name: 'proxy', group: '', version: 'v1', kind, verbs };
}

/** Most kinds with a status: an update keeps it, a status update keeps all else. */
export function keepAllButStatus<T extends KubernetesObject & { status?: unknown }>(
  object: T,
  old: T,
): void {
  const { status } = object;
  const { resourceVersion, managedFields } = object.metadata;
  const keys = object as unknown as Record<string, unknown>;
  for (const key of Object.keys(object)) delete keys[key];
  Object.assign(object, old);
  object.metadata = { ...old.metadata };
  if (resourceVersion === undefined) delete object.metadata.resourceVersion;
  else object.metadata.resourceVersion = resourceVersion;
  if (managedFields !== undefined) object.metadata.managedFields = managedFields;
  if (status === undefined) delete object.status;
  else object.status = status;
}

/** The rules of an update of a part, with what holds for the metadata of every kind. */
function onMetadata<T extends KubernetesObject>(update: PartUpdate<T>): PartUpdate<T> {
  return {
    prepare(object, old) {
      inheritMetadata(object.metadata, old.metadata);
      update.prepare(object, old);
    },
    validate: (object, old) => [
      ...validateMetadataUpdate(object.metadata, old.metadata),
      ...update.validate(object, old),
    ],
  };
}

export function defineKind<T extends KubernetesObject>(parts: KindParts<T>): KindDefinition<T> {
  const namespaced = parts.namespaced ?? true;
  const rules = { namespaced, nameProblems: parts.nameProblems ?? defaultNameProblems };
  return {
    group: parts.group ?? '',
    version: parts.version ?? 'v1',
    kind: parts.kind,
    listKind: `${parts.kind}List`,
    resource: parts.resource,
    singular: parts.kind.toLowerCase(),
    shortNames: parts.shortNames ?? [],
    categories: parts.categories ?? [],
    namespaced,
    verbs: parts.verbs ?? allVerbs,
    subresources: parts.subresources ?? [],
    schema: parts.schema ?? (parts.kind as SchemaName),
    description: parts.description,
    ...(parts.deprecation === undefined ? {} : { deprecation: parts.deprecation }),
    allowCreateOnUpdate: parts.allowCreateOnUpdate ?? false,
    allowUnconditionalUpdate: parts.allowUnconditionalUpdate ?? true,

    setDefaults: (object) => parts.setDefaults?.(object),
    prepareForCreate: (object, context) => {
      delete object.metadata.generation;
      parts.prepareForCreate?.(object, context);
    },
    prepareForUpdate: (object, old) => {
      inheritMetadata(object.metadata, old.metadata);
      parts.prepareForUpdate?.(object, old);
    },
    prepareForStatusUpdate: (object, old, context) => {
      inheritMetadata(object.metadata, old.metadata);
      if (parts.prepareForStatusUpdate === undefined) keepAllButStatus(object, old);
      else parts.prepareForStatusUpdate(object, old, context);
    },
    validate: (object) => [
      ...validateMetadata(object.metadata, rules),
      ...(parts.validate?.(object) ?? []),
      ...(parts.validateCreate?.(object) ?? []),
    ],
    validateUpdate: (object, old) => [
      ...validateMetadataUpdate(object.metadata, old.metadata),
      ...(parts.validate?.(object) ?? []),
      ...(parts.validateUpdate?.(object, old) ?? []),
    ],
    validateStatusUpdate: (object, old) => [
      ...validateMetadataUpdate(object.metadata, old.metadata),
      ...(parts.validateStatusUpdate?.(object, old) ?? []),
    ],
    canonicalize: (object) => parts.canonicalize?.(object),
    warningsOnCreate: (object) => parts.warningsOnCreate?.(object) ?? [],
    warningsOnUpdate: (object, old) => parts.warningsOnUpdate?.(object, old) ?? [],
    partUpdates: Object.fromEntries(
      Object.entries(parts.partUpdates ?? {}).map(([name, update]) => [name, onMetadata(update)]),
    ),

    columns: parts.columns ?? [nameColumn, ageColumn],
    cells: (object, wallTime) =>
      parts.cells?.(object, wallTime) ?? [
        object.metadata.name,
        age(object.metadata.creationTimestamp, wallTime),
      ],
    fieldSelectors: {
      'metadata.name': (object) => object.metadata.name,
      ...(namespaced
        ? { 'metadata.namespace': (object: T) => object.metadata.namespace ?? '' }
        : {}),
      ...parts.fieldSelectors,
    },
    ...(parts.scale === undefined ? {} : { scale: parts.scale }),
  };
}

/** What a view has of its own; the rest is that of the kind that is stored. */
export interface ViewParts<T extends KubernetesObject> extends Pick<
  KindParts<T>,
  'group' | 'version' | 'schema' | 'description' | 'fieldSelectors' | 'setDefaults'
> {
  readonly view: Omit<ViewDefinition<T>, 'of'>;
}

/** Another version of a stored kind, or the same objects in another group. */
export function defineView<T extends KubernetesObject>(
  of: KindDefinition,
  { view, ...own }: ViewParts<T>,
): KindDefinition<T> {
  const { kind, resource, namespaced, verbs, shortNames, categories } = of;
  return {
    ...defineKind<T>({
      kind,
      resource,
      namespaced,
      verbs,
      shortNames,
      categories,
      subresources: of.subresources.map((one) =>
        one.group === of.group && one.kind === kind
          ? { ...one, group: own.group ?? '', version: own.version ?? 'v1' }
          : one,
      ),
      allowCreateOnUpdate: of.allowCreateOnUpdate,
      allowUnconditionalUpdate: of.allowUnconditionalUpdate,
      columns: of.columns,
      cells: (object, wallTime) => of.cells(view.store(object), wallTime),
      ...own,
    }),
    view: { of, ...view },
  };
}

/** Sets generation 1 and no status: the first state of most kinds with a spec and a status. */
export function startGeneration(object: KubernetesObject): void {
  object.metadata.generation = 1;
}

export function bumpGeneration(object: KubernetesObject): void {
  object.metadata.generation = (object.metadata.generation ?? 0) + 1;
}

/** A refusal at the object itself. */
export const forbiddenWhenImmutable = (field: string) =>
  forbidden(field, 'field is immutable when `immutable` is set');
