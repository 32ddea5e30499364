/**
 * Whether an applied configuration fits its type, in upstream's words.
 * Source: structured-merge-diff, typed.Validate.
 */
import { goQuote } from '../field-error.ts';
import { isMap } from '../patch/merge-patch.ts';
import { listElement, memberType, shapeOf } from './field-type.ts';
import type { FieldType, ListType, MapType, ScalarType, StructType } from './field-type.ts';
import { fieldElement, formatElement, formatPath } from './path-element.ts';

interface Walk {
  readonly path: string[];
  readonly problems: string[];
}

/** What is wrong with a configuration; undefined when nothing is. */
export function validateConfiguration(type: FieldType, value: unknown): string | undefined {
  const walk: Walk = { path: [], problems: [] };
  visit(walk, type, value);
  if (walk.problems.length < 2) return walk.problems[0];
  return ['errors:', ...walk.problems.map((problem) => `  ${problem}`)].join('\n');
}

function note({ path, problems }: Walk, why: string): void {
  problems.push(path.length === 0 ? why : `${formatPath(path)}: ${why}`);
}

function visit(walk: Walk, type: FieldType, value: unknown): void {
  if (value === null) return;
  const shape = shapeOf(type, value);
  switch (shape.kind) {
    case 'scalar':
      visitScalar(walk, shape, value);
      return;
    case 'list':
      if (Array.isArray(value)) visitItems(walk, shape, value);
      else note(walk, `expected list, got &{${goValue(value)}}`);
      return;
    case 'struct':
    case 'map':
      if (isMap(value)) visitMembers(walk, shape, value);
      else note(walk, `expected map, got &{${goValue(value)}}`);
      return;
    default:
      shape satisfies never;
  }
}

function visitScalar(walk: Walk, { scalar }: ScalarType, value: unknown): void {
  switch (scalar) {
    case 'numeric':
      if (typeof value === 'number') return;
      note(walk, `expected numeric (int or float), got ${goTypeOf(value)}`);
      return;
    case 'string':
      if (typeof value === 'string') return;
      note(walk, `expected string, got &value.valueUnstructured{Value:${goLiteral(value)}}`);
      return;
    case 'boolean':
      if (typeof value === 'boolean') return;
      note(walk, `expected boolean, got &{${goValue(value)}}`);
      return;
    case 'untyped':
      if (typeof value !== 'object') return;
      note(walk, `expected any scalar, got &{${goValue(value)}}`);
      return;
    default:
      scalar satisfies never;
  }
}

function visitItems(walk: Walk, type: ListType, list: readonly unknown[]): void {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const element = type.relation === 'atomic' ? `i:${index}` : listElement(type, item);
    if (typeof element !== 'string') {
      note(walk, `element ${index}: ${element.why}`);
      return;
    }
    if (seen.has(element)) note(walk, `duplicate entries for key ${formatElement(element)}`);
    seen.add(element);
    walk.path.push(element);
    visit(walk, type.element, item);
    walk.path.pop();
  }
}

function visitMembers(
  walk: Walk,
  type: StructType | MapType,
  members: Record<string, unknown>,
): void {
  for (const name of Object.keys(members)) {
    const member = memberType(type, name);
    walk.path.push(fieldElement(name));
    if (member === undefined) note(walk, 'field not declared in schema');
    else visit(walk, member, members[name]);
    walk.path.pop();
    if (member === undefined) return;
  }
}

function goTypeOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    default:
      return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
  }
}

/** A scalar as Go prints it. */
const scalarText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Go's `%v`. */
function goValue(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (!isMap(value)) return scalarText(value);
  const names = Object.keys(value).sort();
  return `map[${names.map((name) => `${name}:${goValue(value[name])}`).join(' ')}]`;
}

/** Go's `%#v`. */
function goLiteral(value: unknown): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goLiteral).join(', ')}}`;
  if (!isMap(value)) return scalarText(value);
  const names = Object.keys(value).sort();
  const members = names.map((name) => `${goQuote(name)}:${goLiteral(value[name])}`);
  return `map[string]interface {}{${members.join(', ')}}`;
}
