/** Fields whose bad values depend on more than their type: what upstream answers, word for word. */
import { expect, test } from 'vitest';
import { refusedCases } from '../testing/refused/cases.ts';
import { createErrors, created, updated } from '../testing/writes.ts';

test.each(refusedCases.map((one) => [`${one.kind.kind}: ${one.fields}`, one] as const))(
  '%s',
  (_title, { kind, body, change, errors }) => {
    const found =
      change === undefined
        ? createErrors(kind, body)
        : updated(kind, created(kind, body), change.edit, change.part).errors;
    expect(found).toEqual(errors);
    expect(found).not.toEqual([]);
  },
);
