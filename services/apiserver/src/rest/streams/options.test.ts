import { describe, expect, test } from 'vitest';
import { parsePort, portsOf, processOptions } from './options.ts';
import { choose, namesIn, spdyProtocols, webSocketProtocols } from './protocols.ts';
import { createSizeReader } from './terminal-size.ts';

const exec = (query: string) => processOptions(new URLSearchParams(query), 'exec');

describe('the query of a stream', () => {
  test('booleans are read as upstream reads them', () => {
    expect(exec('command=ls&command=-l&stdout=1&stderr=&stdin=false')).toEqual({
      command: ['ls', '-l'],
      stdin: false,
      stdout: true,
      stderr: true,
      tty: false,
    });
    expect(exec('command=sh&stdin=true&stdout=true&stderr=true&tty=true').stderr).toBe(false);
  });
  test('what is missing is named', () => {
    expect(() => exec('stdout=true')).toThrow(
      'you must specify at least one command for the container',
    );
    expect(() => exec('command=ls')).toThrow(
      'you must specify at least one of stdin, stdout, stderr',
    );
    expect(() => processOptions(new URLSearchParams('stdin=0'), 'attach')).toThrow('at least one');
  });
  test('ports come one by one and in lists', () => {
    expect(portsOf(new URLSearchParams('ports=80,81&ports=443'))).toEqual([80, 81, 443]);
    expect(() => portsOf(new URLSearchParams(''))).toThrow('query parameter "ports" is required');
    expect(() => portsOf(new URLSearchParams('ports=x'))).toThrow('unable to parse "x" as a port');
    expect([0, 1, 65_535, 65_536].map((port) => parsePort(String(port)))).toEqual([
      undefined,
      1,
      65_535,
      undefined,
    ]);
  });
});

test('the newest protocol wins, then the client’s order', () => {
  const name = (header: string) => choose(namesIn(header), webSocketProtocols)?.name;
  expect(name('v4.channel.k8s.io, v5.channel.k8s.io')).toBe('v5.channel.k8s.io');
  expect(name('channel.k8s.io, v4.channel.k8s.io')).toBe('channel.k8s.io');
  expect(name('')).toBe('');
  expect(name('v9.channel.k8s.io')).toBeUndefined();
  expect(choose(['v3.channel.k8s.io'], spdyProtocols)).toMatchObject({
    tellsStatus: false,
    resizes: true,
  });
});

describe('sizes of a terminal', () => {
  test('come one after the other, cut anywhere', () => {
    const reader = createSizeReader();
    const read = Array.from('{"Width":99,"Height":33}\n{"Width":80, "Height":24}').flatMap(
      (character) => reader.push(Buffer.from(character)),
    );
    expect(read).toEqual([
      { width: 99, height: 33 },
      { width: 80, height: 24 },
    ]);
  });
  test('what is none is dropped, and not kept', () => {
    const reader = createSizeReader();
    expect(reader.push(Buffer.from('{"Width":0,"Height":3}{"Width":-1}[]'))).toEqual([]);
    for (let count = 0; count < 100; count++) reader.push(Buffer.alloc(1_000, 120));
    expect(reader.push(Buffer.from('{"Width":1,"Height":2}'))).toEqual([{ width: 1, height: 2 }]);
  });
});
