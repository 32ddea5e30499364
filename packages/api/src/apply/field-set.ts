/**
 * A set of fields, kept as the tree that FieldsV1 is: `{"f:spec":{"f:replicas":{}}}`.
 *
 * 1. The set is its own encoding: reading one from storage costs nothing, and an operation that
 *    changes nothing answers with the very set that it was handed.
 * 2. A node that is empty, or that has `.`, is a member; other nodes only lead to members, so that
 *    none of them is empty. The root is no member.
 * 3. Sets are not changed once made, except by `insertPath` in the hands of their maker.
 * 4. Members are written in upstream's order: `sorted` establishes it, differences and intersections
 *    keep it.
 * Source: structured-merge-diff, fieldpath.Set.
 */
import { MalformedFields, isField, parseElement, sortElements } from './path-element.ts';

export interface FieldSet {
  readonly [element: string]: FieldSet;
}
/** A set in the making; what was inserted whole stays as it is. */
export interface OpenFieldSet {
  [element: string]: FieldSet;
}

export const noFields: FieldSet = Object.freeze({});
const self = '.';

export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

const isMember = (node: FieldSet): boolean => self in node || isEmpty(node);

/** A node of the children, that is a member or not; undefined when it is neither of use. */
function nodeOf(member: boolean, children: FieldSet): FieldSet | undefined {
  if (isEmpty(children)) return member ? noFields : undefined;
  return member ? { [self]: noFields, ...children } : children;
}

/** Adds the field at the end of a path; the fields on its way are not added. */
export function insertPath(set: OpenFieldSet, path: readonly string[]): void {
  insertNode(set, path, noFields);
}

/** Adds a field with all below it at the end of a path. */
export function insertNode(set: OpenFieldSet, path: readonly string[], added: FieldSet): void {
  if (path.length === 0) return;
  let node = set;
  for (let index = 0; index < path.length - 1; index += 1) {
    const child = node[path[index]!];
    // A node that is not empty was made for this set.
    const isOpen = child !== undefined && !isEmpty(child);
    const open: OpenFieldSet = isOpen ? child : child === undefined ? {} : { [self]: noFields };
    node = node[path[index]!] = open;
  }
  const last = path.at(-1)!;
  const child = node[last];
  node[last] = child === undefined ? added : unionOfNodes(child, added);
}
/** The subset below an element, without the element itself. */
export function below(set: FieldSet, element: string): FieldSet {
  return set[element] ?? noFields;
}

export function has(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) {
    node = node[element];
    if (node === undefined) return false;
  }
  return path.length > 0 && isMember(node);
}

export const hasElement = (set: FieldSet, element: string): boolean => {
  const node = set[element];
  return node !== undefined && isMember(node);
};

export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right) return left;
  let result: OpenFieldSet | undefined;
  for (const element of Object.keys(right)) {
    const mine = left[element];
    const theirs = right[element]!;
    const node = mine === undefined ? theirs : unionOfNodes(mine, theirs);
    if (node === mine) continue;
    result ??= { ...left };
    result[element] = node;
  }
  return result ?? left;
}

function unionOfNodes(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(right)) return isMember(left) ? left : { [self]: noFields, ...left };
  if (isEmpty(left)) return self in right ? right : { [self]: noFields, ...right };
  return union(left, right);
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  const result: OpenFieldSet = {};
  for (const element of Object.keys(left)) {
    const mine = left[element]!;
    const theirs = right[element];
    if (element === self || theirs === undefined) continue;
    const node = nodeOf(isMember(mine) && isMember(theirs), intersection(mine, theirs));
    if (node !== undefined) result[element] = node;
  }
  return result;
}

/** The members of `left` that are none of `right`, whatever lies above or below them. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  return without(left, right, (mine, theirs) =>
    nodeOf(isMember(mine) && !isMember(theirs), difference(childrenOf(mine), theirs)),
  );
}

/** As `difference`; and a member of `right` takes all below it along. */
export function recursiveDifference(left: FieldSet, right: FieldSet): FieldSet {
  return without(left, right, (mine, theirs) =>
    isMember(theirs)
      ? undefined
      : nodeOf(isMember(mine), recursiveDifference(childrenOf(mine), theirs)),
  );
}

function without(
  left: FieldSet,
  right: FieldSet,
  subtract: (mine: FieldSet, theirs: FieldSet) => FieldSet | undefined,
): FieldSet {
  let result: OpenFieldSet | undefined;
  const gone = new Set<string>();
  for (const element of Object.keys(right)) {
    const mine = left[element];
    if (element === self || mine === undefined) continue;
    const node = subtract(mine, right[element]!);
    if (node !== undefined && isSame(node, mine)) continue;
    result ??= { ...left };
    if (node === undefined) gone.add(element);
    else result[element] = node;
  }
  return gone.size === 0 ? (result ?? left) : leaveOut(result!, gone);
}

/** Made anew: an object that has lost a key is slow ever after. */
function leaveOut(set: FieldSet, gone: ReadonlySet<string>): FieldSet {
  const result: OpenFieldSet = {};
  for (const element of Object.keys(set)) {
    if (!gone.has(element)) result[element] = set[element]!;
  }
  return result;
}

/** Whether a node of a difference is the node that it was made of. */
function isSame(node: FieldSet, old: FieldSet): boolean {
  const keys = Object.keys(node);
  if (keys.length !== Object.keys(old).length) return false;
  return keys.every((key) => key === self || node[key] === old[key]);
}

function childrenOf(node: FieldSet): FieldSet {
  if (!(self in node)) return node;
  const { [self]: _self, ...children } = node;
  return children;
}

export function equals(left: FieldSet, right: FieldSet): boolean {
  if (left === right) return true;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => right[key] !== undefined && equals(left[key]!, right[key]));
}

/** Each member's path: those of one node first, then those below them. */
export function* pathsOf(
  set: FieldSet,
  prefix: readonly string[] = [],
): Generator<readonly string[]> {
  const elements = sortElements(elementsOf(set));
  for (const element of elements) if (hasElement(set, element)) yield [...prefix, element];
  for (const element of elements) yield* pathsOf(set[element]!, [...prefix, element]);
}

/** What is directly below a node. */
export const elementsOf = (set: FieldSet): string[] =>
  Object.keys(set).filter((element) => element !== self);

/** The set with its elements in the order in which they are written. */
export function sorted(set: FieldSet): FieldSet {
  const elements = Object.keys(set);
  // Most nodes are made in order: the dear comparison of elements is for the others.
  if (elements.every((element, at) => at === 0 || areInOrder(elements[at - 1]!, element))) {
    return sortedBelow(set);
  }
  const inOrder = [...(self in set ? [self] : []), ...sortElements(elementsOf(set))];
  if (inOrder.every((element, at) => element === elements[at])) return sortedBelow(set);
  return Object.fromEntries(inOrder.map((element) => [element, sorted(set[element]!)]));
}

const areInOrder = (before: string, after: string): boolean =>
  before === self || (isField(before) && isField(after) && before < after);

function sortedBelow(set: FieldSet): FieldSet {
  let result: OpenFieldSet | undefined;
  for (const element in set) {
    if (element === self) continue;
    const child = sorted(set[element]!);
    if (child === set[element]) continue;
    result ??= { ...set };
    result[element] = child;
  }
  return result ?? set;
}

/**
 * Reads a set that somebody else wrote: what is no element is refused, every element gets its one
 * text, and elements of a kind that is not known are skipped.
 * @throws MalformedFields
 */
export function parseFieldSet(value: unknown): FieldSet {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedFields('a set of fields is an object');
  }
  const set: OpenFieldSet = {};
  for (const [text, child] of Object.entries(value)) {
    if (text === self) continue;
    const element = parseElement(text);
    if (element === undefined) continue;
    const children = parseFieldSet(child);
    const isOwn = isEmpty(child as FieldSet) || self in (child as FieldSet);
    const node = nodeOf(isOwn, children);
    const twin = set[element];
    if (node !== undefined) set[element] = twin === undefined ? node : unionOfNodes(twin, node);
  }
  return sorted(set);
}
