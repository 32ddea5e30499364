/** Section "Auth": users, their passwords and tokens. */
import { integer, text } from '../flag.ts';

export const authFlags = {
  'auth-token': text({
    default: 'simple',
    help: 'Tokens of users: simple, or jwt,sign-method=M,priv-key=FILE,pub-key=FILE,ttl=5m.',
  }),
  'bcrypt-cost': integer({
    default: 10,
    min: 4,
    max: 31,
    help: 'Work that a password costs; each step doubles it.',
  }),
  'auth-token-ttl': integer({ default: 300, help: 'Life of an unused simple token, in seconds.' }),
} as const;
