/**
 * The detached process behind a local cluster: keeps its parts running, and answers on a socket in
 * the cluster's folder. It ends when it is told to, and takes every part with it.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createSupervisor, runMain, text } from '@drydock/process';
import { loadState, openStateFolder } from '../state.ts';
import { planLocal } from './plan.ts';

await runMain({
  name: 'local-supervisor',
  description: 'runs the processes of a local cluster',
  flags: { 'cluster-name': text({ help: 'name of the cluster' }) },
  start: async ({ config, clock, log, stack }) => {
    const folder = openStateFolder(config['cluster-name']);
    const state = loadState(folder);
    mkdirSync(folder.file('logs'), { recursive: true, mode: 0o700 });
    // A start of the cluster is a boot of its machine, as a start of a node's container is.
    writeFileSync(folder.file('boot-id'), `${randomUUID()}\n`);
    const supervisor = stack.use(
      createSupervisor(
        // Members first: while their election timers run, the rest has the processors to itself.
        { children: planLocal(state, folder.path), stageDelay: 300 },
        { clock, log },
      ),
    );

    const server = createServer((request, response) => {
      const [verb = '', part = ''] = (request.url ?? '/').slice(1).split('/');
      const answer = (status: number, body: unknown) =>
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(JSON.stringify(body));
      if (request.method === 'GET' && verb === 'status') answer(200, supervisor.status());
      else if (request.method !== 'POST') answer(405, {});
      else if (verb === 'start') answer(supervisor.startChild(part) ? 200 : 404, {});
      else if (verb === 'stop') {
        void supervisor.stopChild(part).then((found) => answer(found ? 200 : 404, {}));
      } else if (verb === 'shutdown') {
        void supervisor.stop().then(() => {
          response.on('close', () => process.kill(process.pid, 'SIGTERM'));
          answer(200, {});
        });
      } else answer(404, {});
    });
    const socket = folder.file('supervisor.sock');
    rmSync(socket, { force: true });
    server.listen(socket);
    await once(server, 'listening');
    stack.defer(() => {
      server.closeAllConnections();
      server.close();
      rmSync(socket, { force: true });
    });
  },
});
