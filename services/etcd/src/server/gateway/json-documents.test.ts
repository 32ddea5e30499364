import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonDocuments } from './json-documents.ts';

function cut(text: string, pieceBytes: number): { documents: string[]; rest: string } {
  const documents: string[] = [];
  const cutter = new JsonDocuments(1_000_000);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    cutter.push(bytes.subarray(at, at + pieceBytes), (one) => documents.push(one.trim()));
  }
  return { documents, rest: cutter.rest() };
}

it('documents are found whatever is in them and however they are cut', () => {
  const json = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
  fc.assert(
    fc.property(fc.array(json, { maxLength: 5 }), fc.integer({ min: 1, max: 9 }), (all, bytes) => {
      const { documents, rest } = cut(all.map((one) => JSON.stringify(one)).join(' \n'), bytes);
      expect(documents.map((one) => JSON.parse(one) as unknown)).toEqual(
        all.map((one) => JSON.parse(JSON.stringify(one)) as unknown),
      );
      expect(rest).toBe('');
    }),
  );
});

it('what is no document is left over', () => {
  expect(cut('{"a":1} garbage', 4)).toEqual({ documents: ['{"a":1}'], rest: 'garbage' });
  expect(cut('}{', 1)).toEqual({ documents: [], rest: '}{' });
  expect(cut('  ', 1).rest).toBe('');
});

it('a document may not be larger than is allowed', () => {
  const cutter = new JsonDocuments(10);
  cutter.push(Buffer.from('{"a":"01'), () => expect.unreachable());
  expect(() => cutter.push(Buffer.from('23456789'), () => expect.unreachable())).toThrow(
    'a JSON document is too large',
  );
});
