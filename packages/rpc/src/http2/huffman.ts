/**
 * The Huffman code of RFC 7541, appendix B. The code is canonical: symbols of one length have
 * consecutive codes in their own order, so the lengths are the whole table.
 */
import { Http2Error } from './http2-error.ts';

const symbolsByLength: ReadonlyMap<number, readonly number[]> = new Map<number, number[]>([
  [5, characters('012aceiost')],
  [6, characters(' %-./3456789=A_bdfghlmnpru')],
  [7, characters(':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz')],
  [8, characters('&*,;XZ')],
  [10, characters('!"()?')],
  [11, characters("'+|")],
  [12, characters('#>')],
  [13, [0, ...characters('$@[]~')]],
  [14, characters('^}')],
  [15, characters('<`{')],
  [19, [92, 195, 208]],
  [20, [128, 130, 131, 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]],
  [
    22,
    [
      129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187,
      189, 190, 196, 198, 228, 232, 233,
    ],
  ],
  [
    23,
    [
      1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168,
      174, 175, 180, 182, 183, 188, 191, 197, 231, 239,
    ],
  ],
  [24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]],
  [25, [199, 207, 234, 235]],
  [26, [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]],
  [
    27,
    [203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254],
  ],
  [
    28,
    [
      2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30,
      31, 127, 220, 249,
    ],
  ],
  [30, [10, 13, 22, 256]],
]);

function characters(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0)).sort((a, b) => a - b);
}

const endOfString = 256;

/** Two entries a node: the next node, or ~symbol for a leaf. */
const tree = buildTree();

function buildTree(): Int32Array {
  const nodes: number[] = [0, 0];
  let code = 0;
  let length = 0;
  for (const [bits, symbols] of symbolsByLength) {
    code *= 2 ** (bits - length);
    length = bits;
    for (const symbol of symbols) insert(nodes, code++, bits, symbol);
  }
  if (code !== 2 ** length) throw new Error('the Huffman code is not complete');
  return Int32Array.from(nodes);
}

function insert(nodes: number[], code: number, bits: number, symbol: number): void {
  let node = 0;
  for (let bit = bits - 1; bit > 0; bit--) {
    const slot = node * 2 + ((code >>> bit) & 1);
    if (nodes[slot] === 0) {
      nodes[slot] = nodes.length / 2;
      nodes.push(0, 0);
    }
    node = nodes[slot]!;
  }
  nodes[node * 2 + (code & 1)] = ~symbol;
}

/** @throws Http2Error */
export function huffmanDecode(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  let node = 0;
  let bitsSinceSymbol = 0;
  let isPadding = true;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    for (let bit = 7; bit >= 0; bit--) {
      const one = (byte >>> bit) & 1;
      const next = tree[node * 2 + one]!;
      if (next >= 0) {
        node = next;
        bitsSinceSymbol++;
        isPadding &&= one === 1;
        continue;
      }
      if (~next === endOfString)
        throw new Http2Error('compression', 'end of string inside a string');
      text += String.fromCharCode(~next);
      node = 0;
      bitsSinceSymbol = 0;
      isPadding = true;
    }
  }
  if (bitsSinceSymbol > 7 || !isPadding) throw new Http2Error('compression', 'wrong padding');
  return text;
}
