/** What the registry works with. */
import type { Clock, Random } from '@drydock/ports';
import type { Authorizer } from '../authz/authorizer.ts';
import type { Cacher } from '../cacher/cacher.ts';
import type { EtcdClient } from '../storage/etcd-client.ts';
import type { EventLeases } from '../storage/event-leases.ts';
import type { ClusterView } from './admission/cluster-view.ts';
import type { QuotaCharge } from './admission/quota-charge.ts';
import type { ServiceAccountAdmission } from './admission/service-account.ts';
import type { ServiceAddresses } from './services/addresses.ts';
import type { Store } from './store.ts';

export interface RegistryOptions {
  readonly store: Store;
  readonly etcd: EtcdClient;
  readonly cacher: Cacher;
  readonly authorizer: Pick<Authorizer, 'decide' | 'rulesFor' | 'rulesOf'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly addresses: ServiceAddresses;
  readonly eventLeases: EventLeases;
  readonly view: ClusterView;
  readonly quotas: QuotaCharge;
  /** Undefined: switched off. */
  readonly serviceAccounts: ServiceAccountAdmission | undefined;
}
