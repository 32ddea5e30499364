/**
 * The pod-template-hash: FNV-1a (32 bits) over the template as JSON with sorted keys, in the alphabet
 * that spells no words. Upstream hashes the memory of a Go struct; only the form is the same.
 */
import type { PodTemplateSpec } from '@drydock/api';

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

export function podTemplateHash(template: PodTemplateSpec, collisionCount = 0): string {
  let hash = 0x811c9dc5;
  const text = canonicalJson(template) + (collisionCount === 0 ? '' : `#${collisionCount}`);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return String(hash >>> 0).replace(
    /\d/g,
    (digit) => alphabet[digit.charCodeAt(0) % alphabet.length]!,
  );
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, nested: unknown) =>
    typeof nested === 'object' && nested !== null && !Array.isArray(nested)
      ? Object.fromEntries(Object.entries(nested).sort(([a], [b]) => (a < b ? -1 : 1)))
      : nested,
  );
}
