/** `./drydock status`: the whole cluster on one screen, once or live. */
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { openCluster, openRest } from '../cluster/cluster.ts';
import { lookAt, type ClusterView } from '../cluster/view.ts';
import { shortHolder } from '../cluster/wait.ts';
import { loadState, openStateFolder, type ClusterState } from '../state.ts';
import { renderTable } from '../terminal/table.ts';

export async function status(options: {
  name: string;
  watch?: boolean;
  json?: boolean;
}): Promise<void> {
  const folder = openStateFolder(options.name);
  const cluster = await openCluster(loadState(folder), folder);
  using rest = await openRest(cluster);
  if (options.json === true) {
    console.log(JSON.stringify(await lookAt(cluster, rest), null, 2));
    return;
  }
  if (options.watch !== true) {
    const view = await lookAt(cluster, rest);
    console.log(renderStatus(cluster.state, view));
    process.exitCode = isWhole(view) ? 0 : 1;
    return;
  }
  for (;;) {
    const text = renderStatus(cluster.state, await lookAt(cluster, rest));
    const time = new Date().toLocaleTimeString('en-GB');
    process.stdout.write(renderLook(`${time}   (Ctrl-C ends)\n${text}`, process.stdout));
    await sleep(1_000);
  }
}

/** One look of many: a terminal shows the last alone, anything else gets each whole and plain. */
export function renderLook(
  text: string,
  { isTTY, rows = 50 }: { isTTY: boolean; rows?: number },
): string {
  if (!isTTY) return `${text}\n\n`;
  const lines = text.split('\n').slice(0, rows - 1);
  // Home, each line cleared to its end, then the rest of the screen: no flicker.
  return `\u{1b}[H${lines.map((line) => `${line}\u{1b}[K`).join('\n')}\n\u{1b}[J`;
}

function isWhole(view: ClusterView): boolean {
  return (
    view.apiProblem === undefined &&
    view.members.every((member) => member.status !== undefined) &&
    view.parts.every((part) => part.running) &&
    view.nodes.every((node) => node.ready)
  );
}

export function renderStatus(state: ClusterState, view: ClusterView): string {
  const good = (text: string) => styleText('green', text);
  const bad = (text: string) => styleText('red', text);
  const title = (text: string) => styleText('bold', text);
  const members = view.members.map(({ name, port, status: member }) => {
    if (member === undefined) return [name, bad('no answer'), '', '', '', '', `127.0.0.1:${port}`];
    const role = member.leaderId === member.memberId ? good('leader') : 'follower';
    const size = `${(member.databaseBytes / 2 ** 20).toFixed(1)} MiB`;
    return [
      name,
      member.leaderId === '0' ? bad('no leader') : role,
      String(member.raftTerm),
      String(member.raftIndex),
      String(member.revision),
      size,
      `127.0.0.1:${port}`,
    ];
  });
  const holders = [view.leaders.scheduler, view.leaders.controllerManager].map((holder) =>
    holder === undefined ? '' : shortHolder(holder),
  );
  const parts = view.parts
    .filter((part) => !part.name.startsWith('etcd-'))
    .map((part) => [
      part.name,
      part.running ? good('running') : bad('dead'),
      holders.includes(part.name) ? good('leader') : '',
      part.detail,
    ]);
  const nodes = view.nodes.map((node) => [
    node.name,
    node.ready ? good('Ready') : bad('NotReady'),
    node.address,
    node.podCidr,
    String(view.pods.filter((pod) => pod.node === node.name).length),
  ]);
  const pods = view.pods.map((pod) => [
    pod.namespace,
    pod.name,
    pod.ready ? good(pod.phase) : bad(pod.phase || 'Pending'),
    pod.node,
    pod.address,
  ]);
  const api =
    view.apiProblem === undefined ? good('answers') : bad(`does not answer: ${view.apiProblem}`);
  return [
    `${title(state.name)}: ${state.mode === 'local' ? 'processes on loopback' : 'containers'}, time scale ${state.timeScale}, API https://127.0.0.1:${state.ports.api} ${api}`,
    '',
    renderTable(['ETCD', 'ROLE', 'TERM', 'INDEX', 'REVISION', 'SIZE', 'ENDPOINT'], members),
    '',
    renderTable(['PART', 'STATE', 'LEADS', 'DETAIL'], parts),
    ...(nodes.length > 0
      ? ['', renderTable(['NODE', 'STATE', 'ADDRESS', 'PODS FROM', 'PODS'], nodes)]
      : []),
    ...(pods.length > 0
      ? ['', renderTable(['NAMESPACE', 'POD', 'PHASE', 'NODE', 'ADDRESS'], pods)]
      : []),
  ].join('\n');
}
