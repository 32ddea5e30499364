/** An engine that does not answer, on a socket of the test's own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '@drydock/process';
import { eventually } from '@drydock/testing/eventually';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEngine } from './engine.ts';
import { pullImage } from './pull.ts';

/** A minute of the agent is 1.2 seconds here. */
const clock = createSystemClock(0.02);
let folder: string;
let server: Server;
let answers: ServerResponse[];
let closed: number;
const engine = () => createEngine(join(folder, 'docker.sock'), clock);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-engine-'));
  answers = [];
  closed = 0;
  server = createServer((_asked, answer) => {
    answers.push(answer);
    answer.on('close', () => closed++);
  });
  server.listen(join(folder, 'docker.sock'));
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test('a call that is not answered is given up, and its connection closed', async () => {
  await expect(engine().version()).rejects.toThrow('context deadline exceeded');
  await eventually('the connection is closed', () => closed === 1);
});

test('a call that is answered late is answered', async () => {
  const version = engine().version();
  await eventually('it is asked', () => answers.length === 1);
  answers[0]!.setHeader('content-type', 'application/json').end('{"Version":"1"}');
  expect((await version).Version).toBe('1');
});

test('a pull without progress is given up; with progress it goes on', async () => {
  const image = 'registry.example/app:1';
  const pull = () => pullImage(engine(), clock, { image });
  await expect(pull()).rejects.toThrow(`pulling image "${image}" made no progress for 1m0s`);
  const goesOn = pull();
  await eventually('it is asked', () => answers.length === 2);
  const steps = 4;
  for (let step = 0; step < steps; step++) {
    answers[1]!.write('{"status":"Downloading"}\n');
    // Each pause is a third of the deadline, all of them together are more.
    await clock.sleep(20_000);
  }
  answers[1]!.end();
  await goesOn;
});

test('a pull that fails says what the engine says', async () => {
  const pull = pullImage(engine(), clock, { image: 'registry.example/none:1' });
  await eventually('it is asked', () => answers.length === 1);
  answers[0]!.writeHead(404, { 'content-type': 'application/json' });
  answers[0]!.end('{"message":"manifest unknown"}');
  await expect(pull).rejects.toThrow('manifest unknown');
});
