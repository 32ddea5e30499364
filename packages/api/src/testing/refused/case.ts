/**
 * Writes that upstream refuses, for fields whose bad values depend on more than their type: with the texts
 * that it answers, all of them. `fields` are those that the case is about, `Type.field`.
 */
import type { KindDefinition } from '../../kind.ts';
import { kinds } from '../../registry.ts';

export interface RefusedCase {
  readonly kind: KindDefinition;
  readonly fields: string;
  /** Of the create; without a change it is the create that is refused. */
  readonly body: object;
  readonly change?: {
    /** Undefined for the object as a whole. */
    readonly part?: string;
    readonly edit: (object: Loose) => void;
  };
  readonly errors: readonly string[];
}

/** An object whose fields a case may write as it likes. */
// oxlint-disable-next-line typescript/no-explicit-any -- cases write what no type allows
export type Loose = any;

type Errors = string | readonly string[];
const listOf = (errors: Errors) => (typeof errors === 'string' ? [errors] : errors);

const kindNamed = (name: string) => kinds.find(({ kind }) => kind === name)!;

export function createCases(
  kind: string,
  rows: readonly (readonly [fields: string, body: object, errors: Errors])[],
): RefusedCase[] {
  return rows.map(([fields, body, errors]) => ({
    kind: kindNamed(kind),
    fields,
    body,
    errors: listOf(errors),
  }));
}

/** @param body of a valid object, which each row changes @param part undefined for the whole */
export function updateCases(
  kind: string,
  body: object,
  rows: readonly (readonly [fields: string, edit: (object: Loose) => void, errors: Errors])[],
  part?: string,
): RefusedCase[] {
  return rows.map(([fields, edit, errors]) => ({
    kind: kindNamed(kind),
    fields,
    body,
    change: { edit, ...(part === undefined ? {} : { part }) },
    errors: listOf(errors),
  }));
}
