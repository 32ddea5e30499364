/** The order of names in etcd: that of their UTF-8 bytes, which is that of their code points. */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    // Surrogates stand for code points above all that one unit can hold.
    const isLeftHigh = isSurrogate(left);
    if (isLeftHigh !== isSurrogate(right)) return isLeftHigh ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
