/** Restarts the Docker engine as its machine would. */
import { eventually } from '@drydock/testing/eventually';
import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { tryCommand } from './command.ts';

const pidFile = '/var/run/docker.pid';

export async function restartEngine(): Promise<void> {
  const managed = await tryCommand('systemctl', ['is-active', '--quiet', 'docker']).catch(
    () => undefined,
  );
  if (managed?.code === 0) await tryCommand('systemctl', ['restart', 'docker']);
  else await restartDaemon();
  await eventually(
    'the engine answers',
    async () => (await tryCommand('docker', ['info'])).code === 0,
    {
      timeoutMillis: 60_000,
    },
  );
}

/** Without systemd: the same daemon with the same arguments, detached. */
async function restartDaemon(): Promise<void> {
  const pid = readFileSync(pidFile, 'utf8').trim();
  const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    .split('\0')
    .filter((part) => part !== '');
  const log = openSync('/tmp/drydock-test-dockerd.log', 'a');
  process.kill(Number(pid), 'SIGTERM');
  await eventually('the engine has stopped', () => !existsSync(`/proc/${pid}`), {
    timeoutMillis: 60_000,
  });
  spawn(line[0]!, line.slice(1), { detached: true, stdio: ['ignore', log, log] }).unref();
}
