import { describe, expect, test } from 'vitest';
import { boolean, duration, FlagError, integer, list, parseFlags, port, text } from './flags.ts';

const spec = {
  name: text({ default: 'default', help: 'the name' }),
  'listen-port': port({ help: 'the port' }),
  peers: list({ default: [], help: 'the peers' }),
  'leader-elect': boolean({ default: true, help: 'elect' }),
  grace: duration({ default: 50_000, help: 'grace' }),
  count: integer({ default: 3, min: 1, max: 9, help: 'count' }),
};

const parse = (argv: string[], environment: Record<string, string> = {}) =>
  parseFlags(spec, { component: 'demo', argv, environment, environmentPrefix: 'DRYDOCK_' });

const problemsOf = (argv: string[], environment: Record<string, string> = {}) => {
  try {
    parse(argv, environment);
  } catch (error) {
    if (error instanceof FlagError) return error.problems;
    throw error;
  }
  return [];
};

describe('flags', () => {
  test('are read from arguments in both notations', () => {
    const values = parse([
      '--listen-port=1',
      '--peers',
      'a, b',
      '--no-leader-elect',
      '--grace',
      '1m30s',
    ]);
    expect(values).toMatchObject({
      'listen-port': 1,
      peers: ['a', 'b'],
      'leader-elect': false,
      grace: 90_000,
      count: 3,
    });
  });

  test('an argument wins over the environment, the environment over the default', () => {
    const environment = { DRYDOCK_LISTEN_PORT: '7', DRYDOCK_NAME: 'from-environment' };
    expect(parse([], environment)).toMatchObject({ 'listen-port': 7, name: 'from-environment' });
    expect(parse(['--listen-port', '8'], environment)['listen-port']).toBe(8);
  });

  test('every problem is reported at once, each naming its flag', () => {
    expect(problemsOf(['--count', '12', '--grace=soon', '--listen-prot', '5', 'stray'])).toEqual([
      'unknown flag --listen-prot; did you mean --listen-port?',
      'unexpected argument "5"; flags are written --name value',
      'unexpected argument "stray"; flags are written --name value',
      '--listen-port (or DRYDOCK_LISTEN_PORT) is required: the port',
      '--grace: expected a duration such as 500ms, 10s or 1m30s, got "soon"',
      '--count: expected a whole number from 1 to 9, got "12"',
    ]);
  });

  test('a flag at the end without its value says so', () => {
    expect(problemsOf(['--listen-port', '1', '--name'])).toEqual(['--name needs a value: TEXT']);
  });
});
