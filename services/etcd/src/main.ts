/** The etcd member as a process. */
import { createSystemDisk, FlagError, runMain } from '@drydock/process';
import { etcdFlags, readConfig, type MemberConfig } from './config.ts';
import { startMember } from './server/member.ts';

await runMain({
  name: 'etcd',
  description: "one member of the cluster's store, on etcd's v3 protocol",
  flags: etcdFlags,
  environmentPrefix: 'ETCD_',
  start: async ({ config: flags, clock, random, log, metrics, health, stack }) => {
    const config = configOf(flags);
    const member = stack.use(
      await startMember(config, {
        clock,
        random,
        log,
        metrics,
        disk: createSystemDisk(config.dataFolder),
      }),
    );
    health.addReadinessCheck('member', () => member.notReadyReason());
    log.info(
      { clientPorts: member.clientPorts, peerPorts: member.peerPorts, id: member.core.memberId },
      'serving',
    );
    void member.failed.then((error) => {
      log.error({ err: error }, 'this member cannot go on; what it acknowledged is safe');
      process.exit(1);
    });
  },
});

function configOf(flags: Parameters<typeof readConfig>[0]): MemberConfig {
  try {
    return readConfig(flags);
  } catch (error) {
    throw new FlagError('etcd', [(error as Error).message]);
  }
}
