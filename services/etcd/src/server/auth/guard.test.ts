import {
  AuthService,
  ClusterService,
  KVService,
  LeaseService,
  MaintenanceService,
  RaftService,
  WatchService,
} from '@drydock/proto/etcd';
import { expect, it } from 'vitest';
import { checks } from './guard.ts';

it('decides about every method of the original, and ours', () => {
  const services = [
    KVService,
    WatchService,
    LeaseService,
    ClusterService,
    MaintenanceService,
    AuthService,
    RaftService,
  ];
  const paths = services.flatMap((one) => Object.values(one).map(({ path }) => path));
  expect(new Set(Object.keys(checks))).toEqual(new Set<string>(paths));
});
