/** The member as a process: its flags, what it logs, and how it ends. */
import { mkdir } from 'node:fs/promises';
import { createLogger, createSystemDisk, runProcess, type LogLevel } from '@drydock/process';
import { readConfig } from './config.ts';
import type { EtcdFlagValues } from './config/flags.ts';
import { loadSettings } from './config/load.ts';
import { apiVersion } from './server/maintenance-service.ts';
import { startMember } from './server/member.ts';
import { lockDataFolder } from './server/data-folder.ts';
import { withoutSync } from './server/unsafe-disk.ts';

const loaded = loadSettings({
  argv: process.argv.slice(2),
  environment: process.env,
  version: apiVersion,
});
if (loaded.kind === 'exit') {
  process.stderr.write(loaded.stderr);
  process.stdout.write(loaded.stdout);
  process.exitCode = loaded.code;
} else {
  const { values, given, remarks } = loaded;
  await runProcess({
    name: 'etcd',
    config: values,
    log: createLogger('etcd', levelOf(values), {
      outputs: values['log-outputs'].map((one) => (one === 'default' ? 'stderr' : one)),
      format: values['log-format'],
    }),
    healthPort: values['health-port'],
    timeScale: values['time-scale'],
    start: async ({ clock, random, log, metrics, health, stack }) => {
      for (const { message, fields } of remarks) log.warn(fields, message);
      const config = await readConfig(values, given);
      stack.use(await lockDataFolder(config));
      await mkdir(config.logRoot, { recursive: true });
      const disk = createSystemDisk(config.logRoot);
      const member = stack.use(
        await startMember(config, {
          clock,
          random,
          log,
          metrics,
          disk: config.syncsLog ? disk : withoutSync(disk),
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
}

function levelOf(values: EtcdFlagValues): LogLevel {
  const level = values['log-level'];
  return level === 'panic' ? 'fatal' : level;
}
