import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { framed, MessageCutter, messageOf } from './message-frame.ts';

test('messages come out as they went in, however their bytes are cut', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
  const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(messages, cuts, (sent, sizes) => {
      const bytes = Buffer.concat(sent.map((one) => framed(Buffer.from(one))));
      const cutter = new MessageCutter();
      const taken: number[][] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const end = at + sizes[turn % sizes.length]!;
        cutter.push(bytes.subarray(at, end), (message) => taken.push([...message]));
        at = end;
      }
      expect(taken).toEqual(sent.map((one) => [...one]));
    }),
  );
});

test('a compressed message is refused, and so is what is not one whole message', () => {
  const compressed = framed(Buffer.from('x'));
  compressed[0] = 1;
  expect(() => new MessageCutter().push(compressed, () => undefined)).toThrow('compressed');
  expect(messageOf(compressed)).toBeUndefined();
  expect(messageOf(framed(Buffer.from('abc')).subarray(0, 7))).toBeUndefined();
  expect(messageOf(Buffer.concat([framed(Buffer.of(1)), framed(Buffer.of(2))]))).toBeUndefined();
  expect(messageOf([framed(Buffer.from('abc')).subarray(0, 7), Buffer.from('c')])).toEqual(
    Buffer.from('abc'),
  );
});
