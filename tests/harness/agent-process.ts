/** The node-agent's process inside a node's container, which sees the processes of the whole machine. */
import type { Cluster } from './cluster.ts';

/** Kills it as if it had crashed; its init starts another. Answers with its process id. */
export async function killAgent(cluster: Cluster, node: string): Promise<number> {
  const script = `
for folder in /proc/[0-9]*; do
  [ "$(readlink $folder/ns/net)" = "$(readlink /proc/self/ns/net)" ] || continue
  case "$(readlink $folder/exe)" in */node) ;; *) continue ;; esac
  tr '\\0' ' ' <$folder/cmdline 2>/dev/null | grep -q 'services/node-agent/src/main.ts ' || continue
  kill -KILL "\${folder#/proc/}" && echo "\${folder#/proc/}"
done
exit 0`;
  const output = await cluster.docker('exec', cluster.container(node), 'sh', '-c', script);
  return Number(output.trim());
}
