/**
 * The language of the scripts in testdata/: a pod in YAML, what happens to it, and what its agent made of
 * it. Each line of output begins with the seconds since the beginning; what is indented is the pod's
 * status in the API as it changed.
 *
 *   pod                        as the user gave it, in the lines below
 *   advance 10s                lets time pass
 *   end main 1 [oom]           the container's process ends with this exit code
 *   say main words …           what it wrote to its file for last words
 *   answer main liveness failure words …   from now on (success, failure, unknown, hang)
 *   image web:2 absent|broken words …      the node has it not; the registry has it, or says why not
 *   refuse startContainer words …, accept  the engine's calls
 *   condition TYPE True        somebody else's condition
 *   use-image main web:2       the spec's image changes
 *   debug                      an ephemeral container, in the lines below
 *   manifest FILE, remove-manifest FILE    of a static pod, in the lines below
 *   shut-down 30s 10s          the machine, with so much time for all and of it for critical pods
 *   node, lease                its condition Ready, and its heartbeat
 *   kill-sandbox, kill-all, delete grace=5, vanish, status, restart-agent, stop-agent, reboot, api away|back
 */
import {
  beforeCreate,
  decodeObject,
  parseTime,
  pods,
  type Pod,
  type PodCondition,
} from '@drydock/api';
import { resources } from '@drydock/client';
import { parseDuration } from '@drydock/process';
import type { ScriptCommand, ScriptInterpreter } from '@drydock/testing/script-runner';
import { readManifest } from '../../static-pods/manifest.ts';
import type { PuppetAnswer } from './puppet-ask.ts';
import { createScriptedNode, type ScriptedNode } from './scripted-node.ts';

const name = 'web';

type Command = (node: ScriptedNode, command: ScriptCommand) => Promise<void> | void;

const commands: Readonly<Record<string, Command>> = {
  pod: async (node, { input = '' }) => {
    if (!node.hasAgent()) await node.startAgent();
    node.api.put('pods', podFrom(input, node.clock.wallTime()));
  },
  advance: (node, { words }) => node.clock.advance(parseDuration(words[0]!)),
  end: async (node, { words: [container, exitCode, how] }) => {
    const oomKilled = how === 'oom';
    node.runtime.exit(await runningOf(node, container!), Number(exitCode), { oomKilled });
  },
  say: async (node, { words: [container, ...said] }) => {
    const { attempt } = (await node.runtime.containerStatus(await runningOf(node, container!)))!;
    node.lastWords.set(`${container}-${attempt}`, said.join(' '));
  },
  answer: (node, { words: [container, kind, answer, ...output] }) => {
    const given = { answer: answer as PuppetAnswer['answer'], output: output.join(' ') };
    node.answers.set(`${container}/${kind}`, given);
  },
  image: (node, { words: [image, how, ...why] }) => {
    node.runtime.absentImages.set(image!, how === 'broken' ? why.join(' ') : '');
  },
  refuse: (node, { words: [call, ...why] }) => {
    node.runtime.refusals.set(call!, why.join(' '));
  },
  accept: (node) => node.runtime.refusals.clear(),
  condition: (node, { words: [type, status] }) => {
    const conditions = podOf(node).status.conditions ?? [];
    change(node, (pod) => {
      const others = conditions.filter((one) => one.type !== type);
      pod.status.conditions = [
        ...others,
        { type: type!, status: status as PodCondition['status'] },
      ];
    });
  },
  'use-image': (node, { words: [container, image] }) =>
    change(node, (pod) => {
      pod.spec.containers.find((one) => one.name === container)!.image = image!;
    }),
  debug: (node, { input = '' }) => {
    const text = `spec: {containers: [], ephemeralContainers: [${input}]}`;
    const { ephemeralContainers } = decodeObject(text, pods, { syntax: 'yaml' }).object.spec;
    change(node, (pod) => {
      pod.spec.ephemeralContainers = ephemeralContainers!;
    });
  },
  'kill-sandbox': async (node) => {
    const [sandbox] = await node.runtime.listPodSandbox();
    await node.runtime.stopPodSandbox(sandbox!.id);
  },
  'shut-down': (node, { words: [total, critical] }) =>
    node.shutDown({ totalMillis: parseDuration(total!), criticalMillis: parseDuration(critical!) }),
  'kill-all': async ({ runtime }) => {
    for (const one of await runtime.listContainers()) {
      if (one.state === 'running') runtime.exit(one.id, 137);
    }
    for (const one of await runtime.listPodSandbox()) await runtime.stopPodSandbox(one.id);
  },
  delete: (node, { words: [which = name], options }) =>
    node.api.deletePod(which, Number(options['grace'] ?? 30)),
  manifest: async (node, { words: [file], input = '' }) => {
    const seenAt = node.clock.wallTime();
    node.manifests.set(file!, readManifest(input, { file: file!, nodeName: 'node-1', seenAt }));
    if (node.hasAgent()) node.tellManifests();
    else await node.startAgent();
  },
  'remove-manifest': (node, { words: [file] }) => {
    node.manifests.delete(file!);
    node.tellManifests();
  },
  vanish: (node) => node.api.client.delete({ resource: 'pods' } as never, podOf(node).metadata),
  'restart-agent': (node) => node.startAgent(),
  'stop-agent': (node) => node.stopAgent(),
  api: (node, { words: [how] }) => node.setApi(how === 'away' ? 'away' : 'there'),
  reboot: async (node) => {
    node.runtime.reboot('boot-2');
    await node.startAgent('boot-2');
  },
};

export function createInterpreter(): ScriptInterpreter {
  const node = createScriptedNode();
  return async (command) => {
    if (command.name === 'status') {
      return node.statusLines(podOf(node, command.words[0])).join('\n');
    }
    if (command.name === 'metadata') {
      const {
        uid: _uid,
        resourceVersion: _version,
        ...rest
      } = podOf(node, command.words[0]).metadata;
      return JSON.stringify(rest, undefined, 1);
    }
    if (command.name === 'node') {
      const ready = node.api.node('node-1')?.status.conditions?.find((one) => one.type === 'Ready');
      return `Ready ${ready?.status} ${ready?.reason}: ${ready?.message}`;
    }
    if (command.name === 'lease') {
      const place = { namespace: 'kube-node-lease', name: 'node-1' };
      const { spec } = await node.api.client.get(resources.leases, place);
      return `renewed ${(node.clock.wallTime() - parseTime(spec.renewTime!)) / 1000}s ago`;
    }
    const run = commands[command.name];
    if (run === undefined) throw new Error(`no such command: ${command.name}`);
    await run(node, command);
    await node.clock.advance(0);
    node.tellNode();
    await node.clock.advance(0);
    return node.takeLines().join('\n');
  };
}

function podFrom(text: string, wallTime: number): Pod {
  const { object } = decodeObject(text, pods, { syntax: 'yaml', fieldValidation: 'Strict' });
  object.metadata = { ...object.metadata, name, namespace: 'default' };
  object.spec.nodeName = 'node-1';
  pods.setDefaults(object);
  const problems = beforeCreate(pods, object, { uid: 'u-1', wallTime, randomBelow: () => 0 });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return object;
}

function podOf({ api }: ScriptedNode, which = name): Pod {
  const pod = api.pod(which);
  if (pod === undefined) throw new Error('the API has no such pod');
  return pod;
}

function change(node: ScriptedNode, edit: (pod: Pod) => void): void {
  const pod = structuredClone(podOf(node));
  edit(pod);
  node.api.put('pods', pod);
}

async function runningOf({ runtime }: ScriptedNode, container: string): Promise<string> {
  const all = await runtime.listContainers();
  const found = all.find((one) => one.name === container && one.state === 'running');
  if (found === undefined) throw new Error(`${container} does not run`);
  return found.id;
}
