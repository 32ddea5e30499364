/**
 * Founding members that meet at a discovery service (etcd's discovery protocol, version 2): each
 * registers itself below the cluster's token, and waits until as many have come as `_config/size` says.
 *
 * 1. Who comes when the cluster is full, by the order of registration, is no member of it.
 * 2. All members see the same list, because it is cut at that size in that order.
 * 3. A service that cannot be reached is asked again, ever more slowly; one that answers no is not.
 */
import type { Clock, Logger } from '@drydock/ports';
import type { FoundMember } from './bootstrap.ts';
import { KeysError, type KeysAnswer, type KeysNode, type KeysService } from './keys-service.ts';

export interface ServiceQuestion {
  /** What this member is known by there: the hexadecimal id that it would have if it were alone. */
  readonly id: string;
  readonly name: string;
  readonly advertisePeerUrls: readonly string[];
}

interface ServicePowers {
  readonly service: KeysService;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Registered {
  readonly members: readonly KeysNode[];
  readonly size: number;
  readonly index: number;
}

/** As the v2 client has it; a long wait gets longer than the service itself waits. */
const answerTimeout = 5_000;
const waitTimeout = 10 * 60_000;
const backOffMin = 2_000;
const backOffMax = 256_000;
const keyExists = 105;
const noSuchKey = 100;

/** @throws Error in the original's words when this member cannot be part of that cluster */
export async function discoverByService(
  question: ServiceQuestion,
  powers: ServicePowers,
): Promise<FoundMember[]> {
  const { service, log } = powers;
  await registered(question, powers);
  const contents = question.advertisePeerUrls.map((url) => `${question.name}=${url}`).join(',');
  try {
    await service.create(question.id, contents, AbortSignal.timeout(answerTimeout));
  } catch (error) {
    throw error instanceof KeysError && error.code === keyExists ? duplicateId() : error;
  }
  for (;;) {
    const { members, size, index } = await registered(question, powers);
    if (members.length >= size) return membersOf(members, size);
    log.info(
      { found: members.map((one) => one.value), needed: size - members.length },
      'found peers from discovery server; waiting for more',
    );
    await asking(powers, 'waiting for other nodes', () =>
      service.waitForChange(index, AbortSignal.timeout(waitTimeout)),
    );
  }
}

const duplicateId = () =>
  new Error(
    'discovery: found duplicate id: this member has registered before, and its data folder does not ' +
      'know of it; give it that folder back, or use a new discovery token',
  );

/** Those that have registered, in order and no more than there is room for. @throws when this one is late */
async function registered({ id }: ServiceQuestion, powers: ServicePowers): Promise<Registered> {
  const { service } = powers;
  const get = (name: string): Promise<KeysAnswer> =>
    asking(powers, 'cluster status check', () =>
      service.get(name, AbortSignal.timeout(answerTimeout)),
    );
  const size = await sizeOf(() => get('_config/size'));
  const { children, index } = await get('');
  const all = children
    .filter((one) => one.name !== '_config')
    .toSorted((a, b) => a.createdIndex - b.createdIndex);
  const members = all.slice(0, size);
  if (members.length === size && !members.some((one) => one.name === id)) {
    throw new Error('discovery: cluster is full');
  }
  return { members, size, index };
}

async function sizeOf(get: () => Promise<KeysAnswer>): Promise<number> {
  let value: string | undefined;
  try {
    value = (await get()).node?.value;
  } catch (error) {
    const isMissing = error instanceof KeysError && error.code === noSuchKey;
    throw isMissing ? new Error('discovery: size key not found', { cause: error }) : error;
  }
  if (value === undefined || !/^[1-9]\d{0,3}$/.test(value)) {
    throw new Error(`discovery: size key is bad: ${JSON.stringify(value)} is no number of members`);
  }
  return Number(value);
}

/** Asks until there is an answer. @throws KeysError when that is no */
async function asking<T>(
  { clock, log }: ServicePowers,
  step: string,
  ask: () => Promise<T>,
): Promise<T> {
  for (let backOff = backOffMin; ; backOff = Math.min(2 * backOff, backOffMax)) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof KeysError) throw error;
      const reason = (error as Error).message;
      log.warn({ step, reason, backOff }, 'the discovery service does not answer: asking again');
      await clock.sleep(backOff);
    }
  }
}

function membersOf(nodes: readonly KeysNode[], size: number): FoundMember[] {
  const urls = new Map<string, string[]>();
  for (const part of nodes.flatMap((one) => one.value.split(','))) {
    const [, name, url] = /^([^=]+)=(https?:\/\/[^/]+)\/?$/.exec(part.trim()) ?? [];
    if (name === undefined || url === undefined || !URL.canParse(url)) {
      throw new Error(`discovery: invalid URL: a member registered as "${part}"`);
    }
    urls.set(name, [...(urls.get(name) ?? []), url]);
  }
  if (urls.size !== size) {
    throw new Error(
      `discovery: found duplicate name: ${size} members registered with ${urls.size} names ` +
        `(${[...urls.keys()].join(', ')}); give each its own --name, and use a new discovery token`,
    );
  }
  return [...urls].map(([name, peerUrls]) => ({ name, peerUrls }));
}
