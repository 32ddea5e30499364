/**
 * The `pod-template-hash` label: equal templates give equal hashes.
 *
 * The value need not equal upstream's (which hashes Go's printed structs); its alphabet and its
 * length do, so that names look alike. Keys are hashed in sorted order, so that it does not matter
 * in which order a client wrote them.
 */
import type { PodTemplateSpec } from './generated/types.ts';
import { safeAlphabet } from './metadata.ts';

const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

function hashText(hash: number, text: string): number {
  let result = hash;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    result = Math.imul(result ^ (code & 0xff), fnvPrime);
    result = Math.imul(result ^ (code >>> 8), fnvPrime);
  }
  return result >>> 0;
}

function hashValue(hash: number, value: unknown): number {
  if (typeof value !== 'object' || value === null)
    return hashText(hash, `${JSON.stringify(value)};`);
  if (Array.isArray(value)) {
    return hashText(value.reduce<number>(hashValue, hashText(hash, '[')), ']');
  }
  let result = hashText(hash, '{');
  for (const key of Object.keys(value).sort()) {
    const child = (value as Record<string, unknown>)[key];
    if (child !== undefined) result = hashValue(hashText(result, `${key}:`), child);
  }
  return hashText(result, '}');
}

/** Letters that upstream writes in place of a number's digits. */
function safeEncode(text: string): string {
  let result = '';
  for (let index = 0; index < text.length; index += 1) {
    result += safeAlphabet[text.charCodeAt(index) % safeAlphabet.length];
  }
  return result;
}

/** @param collisionCount how often this Deployment's hash has met another template's */
export function podTemplateHash(template: PodTemplateSpec, collisionCount = 0): string {
  let hash = hashValue(fnvOffset, template);
  if (collisionCount > 0) hash = hashText(hash, String(collisionCount));
  return safeEncode(String(hash));
}
