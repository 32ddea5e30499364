/** Members that are told of each other by discovery alone, as processes. */
import { run } from './commands.ts';
import {
  makePlace,
  startProcess,
  untilReady,
  type MemberPlace,
  type ProcessOptions,
} from './member-process.ts';

/** Flags of a member there that names nobody else. */
export function discoveryFlags(place: MemberPlace, name: string, ...more: string[]): string[] {
  const { clientPort, peerPort, metricsPort, dataFolder } = place;
  return [
    `--name=${name}`,
    `--data-dir=${dataFolder}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    `--listen-client-urls=http://127.0.0.1:${clientPort}`,
    `--advertise-client-urls=http://127.0.0.1:${clientPort}`,
    `--listen-metrics-urls=http://127.0.0.1:${metricsPort}`,
    ...more,
  ];
}

export interface DiscoveredMembers extends AsyncDisposable {
  readonly places: readonly MemberPlace[];
  /** All of them once more, with what they keep. */
  restart(): Promise<void>;
  untilReady(): Promise<void>;
  /** As etcdctl lists them: name and peer URLs, by name. */
  list(): Promise<string[]>;
}

export async function startDiscovered(
  names: readonly string[],
  optionsOf: (place: MemberPlace, name: string) => ProcessOptions,
  /** What must be so before the first of them starts. */
  prepare: (places: readonly MemberPlace[]) => void = () => {},
): Promise<DiscoveredMembers> {
  await using stack = new AsyncDisposableStack();
  const places = await Promise.all(names.map(async () => stack.use(await makePlace())));
  prepare(places);
  const start = (place: MemberPlace, index: number) =>
    startProcess(optionsOf(place, names[index]!));
  let members = places.map(start);
  const stop = () => Promise.all(members.map((one) => one.kill()));
  stack.defer(async () => void (await stop()));
  const held = stack.move();
  return {
    places,
    restart: async () => {
      await stop();
      members = places.map(start);
    },
    untilReady: async () => {
      await Promise.all(places.map((place) => untilReady(place.metricsPort)));
    },
    list: async () => {
      const endpoint = `--endpoints=http://127.0.0.1:${places[0]!.clientPort}`;
      const { stdout } = await run('etcdctl', [endpoint, 'member', 'list', '-w', 'json']);
      const listed = JSON.parse(stdout) as { members: { name: string; peerURLs: string[] }[] };
      return listed.members.map((one) => `${one.name} ${one.peerURLs.join(' ')}`).toSorted();
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
