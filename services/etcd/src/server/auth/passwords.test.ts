import { describe, expect, it } from 'vitest';
import { createPasswords } from './passwords.ts';

/** Made by bcrypt implementations in other languages. */
const foreign = [
  // The test vector of the original's library.
  ['allmine', '$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga'],
  // OpenBSD's.
  ['a', '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe'],
] as const;

describe('passwords', () => {
  it('fit the hashes that others made of them', async () => {
    await using passwords = createPasswords({ cost: 4 });
    for (const [password, hash] of foreign) {
      expect(await passwords.fits(password, Buffer.from(hash))).toBe(true);
      expect(await passwords.fits(`${password}x`, Buffer.from(hash))).toBe(false);
    }
  });

  it('are hashed with a salt of their own and the cost that was asked for', async () => {
    await using passwords = createPasswords({ cost: 5 });
    const hashes = await Promise.all([passwords.hash('päss'), passwords.hash('päss')]);
    const [one, other] = hashes.map(String);
    expect(one).toMatch(/^\$2a\$05\$[./A-Za-z0-9]{53}$/);
    expect(other).not.toBe(one);
    expect(await passwords.fits('päss', Buffer.from(one!))).toBe(true);
  });

  it('are refused when bcrypt would look at a part of them only', async () => {
    await using passwords = createPasswords({ cost: 4 });
    expect(await passwords.hash('x'.repeat(72))).toBeInstanceOf(Buffer);
    expect(await passwords.hash('ä'.repeat(37))).toMatchObject({
      code: 2,
      message: 'bcrypt: password length exceeds 72 bytes',
    });
  });

  it('fit no hash that is none', async () => {
    await using passwords = createPasswords({ cost: 4 });
    for (const none of ['', 'secret', '$2a$10$short']) {
      expect(await passwords.fits('secret', Buffer.from(none))).toBe(false);
    }
  });

  it('do not hold up the thread that asks', async () => {
    await using passwords = createPasswords({ cost: 9 });
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    count();
    await passwords.hash('slow');
    isDone = true;
    expect(turns).toBeGreaterThan(50);
  });

  it('are all answered when the member stops, and too many at once are refused', async () => {
    const passwords = createPasswords({ cost: 12 });
    const asked = Array.from({ length: 501 }, () => passwords.hash('p'));
    expect(await asked.at(-1)).toMatchObject({ message: 'etcdserver: too many requests' });
    await passwords[Symbol.asyncDispose]();
    const stopped = { message: 'etcdserver: server stopped' };
    expect(await Promise.all(asked.slice(0, -1))).toEqual(
      expect.arrayContaining([expect.objectContaining(stopped)]),
    );
    expect(await passwords.hash('p')).toMatchObject(stopped);
  });
});
