/** JSON text as Go's encoder writes it, which escapes what HTML could mistake. */

/** What neither JSON nor HTML has a meaning for: names, numbers, paths, images. */
const plain = /^[\w\-./: ]*$/;

export function goJson(value: unknown): string {
  if (typeof value === 'string' && plain.test(value)) return `"${value}"`;
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
