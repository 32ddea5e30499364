/**
 * What may be asked of each kind, as the operations of its paths: the same facts for both versions of
 * OpenAPI, which write them down differently.
 */
import { groupVersion } from '../kind.ts';
import type { DiscoveryResource, KindDefinition } from '../kind.ts';
import { supportedPatchTypes } from '../patch/media-types.ts';
import type { ReviewDefinition } from '../reviews.ts';
import type { Definitions, Json } from './definitions.ts';

export interface Parameter {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'integer';
  readonly description: string;
}

export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  /** What Kubernetes calls it: list, post, deletecollection, ... */
  readonly action: string;
  /** Unique in the API: generators name functions by it. */
  readonly id: string;
  readonly description: string;
  readonly identity: { readonly group: string; readonly version: string; readonly kind: string };
  readonly query: readonly Parameter[];
  readonly body?: {
    readonly mediaTypes: readonly string[];
    readonly schema: Json;
    readonly required: boolean;
  };
  readonly response: Json;
}

export interface Path {
  readonly path: string;
  readonly placeholders: readonly Parameter[];
  readonly operations: readonly Operation[];
}

const parameter = (
  name: string,
  description: string,
  type: Parameter['type'] = 'string',
): Parameter => ({ name, type, description });

const dryRun = parameter('dryRun', '`All`: do everything but store the result.');
const writeParameters = [
  dryRun,
  parameter('fieldManager', 'Who makes this change, for the ownership of fields.'),
  parameter('fieldValidation', 'What unknown and duplicate fields do: Ignore, Warn or Strict.'),
];
const deleteParameters = [
  dryRun,
  parameter('gracePeriodSeconds', 'Seconds until the object goes; 0 is at once.', 'integer'),
  parameter('orphanDependents', 'Deprecated: propagationPolicy says it.', 'boolean'),
  parameter(
    'propagationPolicy',
    'What becomes of what the object owns: Orphan, Background, Foreground.',
  ),
];
const listParameters = [
  parameter('allowWatchBookmarks', 'A watch tells versions between changes, too.', 'boolean'),
  parameter('continue', 'Where the last page of a list ended.'),
  parameter('fieldSelector', 'Only objects whose fields are so.'),
  parameter('labelSelector', 'Only objects whose labels are so.'),
  parameter('limit', 'At most so many objects; `continue` brings the next.', 'integer'),
  parameter('resourceVersion', 'How new the answer must be.'),
  parameter('resourceVersionMatch', 'Exact or NotOlderThan.'),
  parameter('sendInitialEvents', 'A watch begins with all that is there.', 'boolean'),
  parameter('timeoutSeconds', 'When a list or watch ends at the latest.', 'integer'),
  parameter('watch', 'Changes instead of a list.', 'boolean'),
];
const pretty = parameter('pretty', 'Accepted, and without effect.');
const nameParameter = parameter('name', 'The name of the object.');
const namespaceParameter = parameter('namespace', 'The namespace of the object.');

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** `RbacAuthorizationV1`, `CoreV1`: the group and version within an operation's id. */
function groupWord({ group, version }: DiscoveryResource): string {
  const short = group === '' ? 'core' : group.replace(/\.k8s\.io$/, '');
  return short.split('.').map(capitalized).join('') + capitalized(version);
}

const rootOf = (kind: DiscoveryResource) =>
  kind.group === '' ? '/api/v1' : `/apis/${groupVersion(kind)}`;

function collectionOf(kind: DiscoveryResource): string {
  return `${rootOf(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.resource}`;
}

class KindOperations {
  readonly #kind: KindDefinition;
  readonly #definitions: Definitions;
  readonly #identity;

  constructor(kind: KindDefinition, definitions: Definitions) {
    this.#kind = kind;
    this.#definitions = definitions;
    this.#identity = { group: kind.group, version: kind.version, kind: kind.kind };
  }

  get paths(): Path[] {
    const { namespaced, resource } = this.#kind;
    const collection = collectionOf(this.#kind);
    const scope = namespaced ? [namespaceParameter] : [];
    const everywhere: Path[] =
      namespaced && this.#has('list')
        ? [
            {
              path: `${rootOf(this.#kind)}/${resource}`,
              placeholders: [pretty],
              operations: [this.#list('ForAllNamespaces')],
            },
          ]
        : [];
    return [
      { path: collection, placeholders: [...scope, pretty], operations: this.#ofCollection() },
      {
        path: `${collection}/{name}`,
        placeholders: [nameParameter, ...scope, pretty],
        operations: this.#ofObject(),
      },
      ...this.#ofSubresources().map(({ name, operations }) => ({
        path: `${collection}/{name}/${name}`,
        placeholders: [nameParameter, ...scope, pretty],
        operations,
      })),
      ...everywhere,
    ].filter(({ operations }) => operations.length > 0);
  }

  #has(verb: string): boolean {
    return this.#kind.verbs.includes(verb);
  }

  #id(verb: string, suffix = '', prefix = ''): string {
    const scope = this.#kind.namespaced && suffix !== 'ForAllNamespaces' ? 'Namespaced' : '';
    return `${verb}${groupWord(this.#kind)}${prefix}${scope}${this.#kind.kind}${suffix}`;
  }

  #list(suffix = ''): Operation {
    return {
      method: 'get',
      action: 'list',
      id: this.#id('list', suffix),
      description: `list or watch objects of kind ${this.#kind.kind}`,
      identity: this.#identity,
      query: listParameters,
      response: this.#definitions.listReference(this.#kind),
    };
  }

  #ofCollection(): Operation[] {
    const { kind } = this.#kind;
    const object = this.#definitions.reference(this.#kind.schema);
    const operations: Operation[] = [];
    if (this.#has('list')) operations.push(this.#list());
    if (this.#has('create')) {
      operations.push({
        method: 'post',
        action: 'post',
        id: this.#id('create'),
        description: `create ${article(kind)} ${kind}`,
        identity: this.#identity,
        query: writeParameters,
        body: { mediaTypes: ['*/*'], schema: object, required: true },
        response: object,
      });
    }
    if (this.#has('deletecollection')) {
      operations.push({
        method: 'delete',
        action: 'deletecollection',
        id: this.#id('delete', '', 'Collection'),
        description: `delete collection of ${kind}`,
        identity: this.#identity,
        query: [...listParameters, ...deleteParameters],
        body: this.#deleteOptions(),
        response: this.#definitions.reference('Status'),
      });
    }
    return operations;
  }

  #deleteOptions() {
    const schema = this.#definitions.reference('DeleteOptions');
    return { mediaTypes: ['*/*'], schema, required: false };
  }

  #ofObject(): Operation[] {
    const { kind } = this.#kind;
    const operations = this.#readsAndWrites({
      verbs: this.#kind.verbs,
      identity: this.#identity,
      schema: this.#definitions.reference(this.#kind.schema),
      suffix: '',
      what: `the specified ${kind}`,
    });
    if (this.#has('delete')) {
      operations.push({
        method: 'delete',
        action: 'delete',
        id: this.#id('delete'),
        description: `delete ${article(kind)} ${kind}`,
        identity: this.#identity,
        query: deleteParameters,
        body: this.#deleteOptions(),
        response: this.#definitions.reference('Status'),
      });
    }
    return operations;
  }

  #ofSubresources(): { name: string; operations: Operation[] }[] {
    const whole = this.#definitions.reference(this.#kind.schema);
    return this.#kind.subresources
      .filter(({ name }) => name === 'status' || name === 'scale')
      .map(({ name, group, version, kind, verbs }) => ({
        name,
        operations: this.#readsAndWrites({
          verbs,
          identity: { group, version, kind },
          schema: name === 'scale' ? this.#definitions.reference('Scale') : whole,
          suffix: capitalized(name),
          what: `${name} of the specified ${this.#kind.kind}`,
        }),
      }));
  }

  #readsAndWrites(parts: {
    readonly verbs: readonly string[];
    readonly identity: Operation['identity'];
    readonly schema: Json;
    readonly suffix: string;
    readonly what: string;
  }): Operation[] {
    const { verbs, identity, schema, suffix, what } = parts;
    const operations: Operation[] = [
      {
        method: 'get',
        action: 'get',
        id: this.#id('read', suffix),
        description: `read ${what}`,
        identity,
        query: [],
        response: schema,
      },
      {
        method: 'put',
        action: 'put',
        id: this.#id('replace', suffix),
        description: `replace ${what}`,
        identity,
        query: writeParameters,
        body: { mediaTypes: ['*/*'], schema, required: true },
        response: schema,
      },
      {
        method: 'patch',
        action: 'patch',
        id: this.#id('patch', suffix),
        description: `partially update ${what}`,
        identity,
        query: [
          ...writeParameters,
          parameter('force', 'Take fields from their owners.', 'boolean'),
        ],
        body: {
          mediaTypes: supportedPatchTypes,
          schema: this.#definitions.patchReference(),
          required: true,
        },
        response: schema,
      },
    ];
    const verbOf = { get: 'get', put: 'update', patch: 'patch' } as const;
    return operations.filter(({ method }) => verbs.includes(verbOf[method as 'get']));
  }
}

const article = (kind: string) => (/^[AEIO]/.test(kind) ? 'an' : 'a');

/** A review is posted, and that is all. */
export function pathOfReview(review: ReviewDefinition, definitions: Definitions): Path {
  const { group, version, kind, schema, namespaced } = review;
  const object = definitions.reference(schema);
  return {
    path: collectionOf(review),
    placeholders: [...(namespaced ? [namespaceParameter] : []), pretty],
    operations: [
      {
        method: 'post',
        action: 'post',
        id: `create${groupWord(review)}${namespaced ? 'Namespaced' : ''}${kind}`,
        description: `create ${article(kind)} ${kind}`,
        identity: { group, version, kind },
        query: writeParameters,
        body: { mediaTypes: ['*/*'], schema: object, required: true },
        response: object,
      },
    ],
  };
}

/** The collection, one object, its subresources, and all namespaces. */
export function pathsOf(kind: KindDefinition, definitions: Definitions): readonly Path[] {
  return new KindOperations(kind, definitions).paths;
}
