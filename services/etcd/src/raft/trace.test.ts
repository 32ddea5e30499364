/** The trace of whole clusters under faults has the shape that the validation's specification reads. */
import { createSeededRandom } from '@drydock/ports';
import { describe, expect, test } from 'vitest';
import { createInterpreter } from './testing/interpreter.ts';
import { traceEventNames, traceLine, type TraceEvent } from './trace-events.ts';

/** Events of random scripts over three members, one of which starts again. */
function traceOf(seed: number): TraceEvent[] {
  const random = createSeededRandom(seed);
  const interpret = createInterpreter();
  const run = (line: string) => {
    const [name, ...words] = line.split(' ') as [string, ...string[]];
    return interpret({ name, words, options: {} }) as string;
  };
  run('members 3');
  for (let at = 0; at < 60; at++) {
    const id = random.between(1, 3);
    run(
      random.pick([`tick ${id} 20`, `propose ${id} x`, `stabilize`, `stabilize ${id} 1`, `drop`]),
    );
    if (random.chance(0.05)) run('stabilize');
    if (random.chance(0.1)) run(`change ${id} ${random.pick(['add-learner', 'add-voter'])} 3`);
  }
  run('stabilize');
  run('restart 2');
  const lines = run('trace').trimEnd().split('\n');
  return lines.map((line) => {
    const { tag, event } = JSON.parse(line) as { tag: string; event: TraceEvent };
    expect(tag).toBe('trace');
    expect(`${line}\n`).toBe(traceLine(event));
    return event;
  });
}

const seeds = Array.from({ length: 20 }, (_, at) => at + 1);
const messageTypes: Record<string, readonly string[]> = {
  AppendEntriesRequest: ['MsgApp', 'MsgHeartbeat', 'MsgSnap'],
  AppendEntriesResponse: ['MsgAppResp', 'MsgHeartbeatResp'],
  RequestVoteRequest: ['MsgVote'],
  RequestVoteResponse: ['MsgVoteResp'],
};

describe.each(seeds)('the trace of seed %i', (seed) => {
  const events = traceOf(seed);

  test('has only events that the specification knows, each with its fields', () => {
    expect(events.length).toBeGreaterThan(50);
    for (const event of events) {
      expect(traceEventNames).toContain(event.name);
      expect(event.nid).toMatch(/^[1-9]\d*$/);
      expect(event.role).toMatch(/^State(Follower|Candidate|Leader)$/);
      const { term, vote, commit } = event.state;
      for (const number of [term, commit, event.log, event.applied]) {
        expect(number).toBeGreaterThanOrEqual(0);
      }
      expect(vote).toMatch(/^\d+$/);
      expect(commit).toBeLessThanOrEqual(event.log);
      for (const half of event.conf) for (const id of half) expect(id).toMatch(/^[1-9]\d*$/);
      const [, direction, what] = /^(Send|Receive)(.*)$/.exec(event.name) ?? [];
      expect(event.msg !== undefined).toBe(direction !== undefined);
      if (what === undefined) continue;
      expect(messageTypes[what]).toContain(event.msg!.type);
      expect(direction === 'Send' ? event.msg!.from : event.msg!.to).toBe(event.nid);
    }
  });

  test('names the changes of membership, and what they make', () => {
    for (const { name, prop } of events) {
      if (name === 'ChangeConf') expect(prop!.cc.changes.length).toBeGreaterThan(0);
      if (name === 'ApplyConfChange') expect(prop!.cc.newconf.length).toBeGreaterThan(0);
    }
  });

  test('receives nothing that was not sent', () => {
    const sent = new Set<string>();
    for (const { name, msg } of events) {
      if (msg === undefined) continue;
      if (name.startsWith('Send')) sent.add(JSON.stringify(msg));
      else expect(sent).toContain(JSON.stringify(msg));
    }
  });

  test('never goes back in term or commit between two starts of a member', () => {
    const last = new Map<string, TraceEvent['state']>();
    for (const { name, nid, state } of events) {
      const before = last.get(nid);
      if (before !== undefined && name !== 'InitState') {
        expect(state.term).toBeGreaterThanOrEqual(before.term);
        expect(state.commit).toBeGreaterThanOrEqual(before.commit);
      }
      last.set(nid, state);
    }
  });
});
