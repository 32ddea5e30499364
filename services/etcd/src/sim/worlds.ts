/** The worlds by name. */
import { etcdWorld } from './etcd/run.ts';
import { raftWorld } from './run.ts';
import type { WorldName } from './schedule.ts';
import type { World } from './world.ts';

export const worlds: Readonly<Record<WorldName, World>> = { raft: raftWorld, etcd: etcdWorld };
