/** The command line. Each command's code is loaded only when it is called, so that all start fast. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { watchForClosedReaders } from './terminal/closed-reader.ts';
import { CommandFailure } from './terminal/failure.ts';

const version = '0.1.0';

const program = new Command('drydock')
  .description('A Kubernetes cluster that you can take apart.')
  .enablePositionalOptions()
  .showHelpAfterError('(./drydock help shows the commands)')
  .configureHelp({ showGlobalOptions: false })
  .addHelpText(
    'after',
    `
Examples:
  ./drydock up                          a cluster of containers, Ready in half a minute
  eval "$(./drydock env)"               then kubectl and etcdctl reach it
  ./drydock status --watch              see it live
  docker kill drydock-etcd-1            take a part away
  ./drydock down                        leave nothing behind`,
  );

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`a whole number from ${min} to ${max} is expected.`);
  };
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('a number above 0 is expected.');
}

/** A command on one cluster. */
function clusterCommand(name: string, description: string, examples: string): Command {
  return program
    .command(name)
    .description(description)
    .addOption(new Option('--name <name>', 'the cluster').default('drydock').env('DRYDOCK_NAME'))
    .addHelpText('after', `\nExamples:\n${examples}`);
}

clusterCommand(
  'up',
  'bring a cluster up, or the rest of it',
  `  ./drydock up
  ./drydock up --nodes 5 --name five
  ./drydock up --time-scale 0.2         every timer five times faster, their ratios kept
  ./drydock up --config kind.yaml       nodes, labels and networking in kind’s format
  ./drydock up --local                  processes on loopback: no Docker, no root`,
)
  .option('--nodes <count>', 'number of nodes (default 3)', wholeNumber(1, 1_000))
  .option('--config <file>', 'a file in kind’s format (kind.x-k8s.io/v1alpha4)')
  .option('--local', 'processes on loopback with simulated containers, without Docker')
  .option('--time-scale <factor>', 'factor on every timer (default 1)', positiveNumber)
  .addOption(
    new Option('--log-level <level>', 'least level that components log').choices([
      'debug',
      'info',
      'warn',
      'error',
    ]),
  )
  .option('--no-demo', 'without the demo application')
  .action(async (options) => (await import('./commands/up.ts')).up(options));

clusterCommand(
  'down',
  'remove a cluster: containers, pods, networks, volumes, certificates',
  `  ./drydock down
  ./drydock down --dry-run              only list what would go`,
)
  .option('--dry-run', 'list what would be removed')
  .action(async (options) => (await import('./commands/lifecycle.ts')).down(options));

clusterCommand(
  'stop',
  'stop a cluster or parts of it; state is kept',
  `  ./drydock stop
  ./drydock stop etcd-2 node-3`,
)
  .argument('[parts...]', 'say etcd-2; default: all')
  .action(async (parts, options) => (await import('./commands/lifecycle.ts')).stop(parts, options));

clusterCommand(
  'start',
  'start what was stopped or killed',
  `  ./drydock start
  ./drydock start etcd-2`,
)
  .argument('[parts...]', 'say etcd-2; default: all')
  .action(async (parts, options) =>
    (await import('./commands/lifecycle.ts')).start(parts, options),
  );

clusterCommand(
  'status',
  'members, leaders, nodes and pods; exit code 1 when a part is missing',
  `  ./drydock status
  ./drydock status --watch`,
)
  .option('-w, --watch', 'show it live')
  .option('--json', 'for programs')
  .action(async (options) => (await import('./commands/status.ts')).status(options));

clusterCommand(
  'raft',
  'roles, terms, logs and elections of etcd’s members; exit code 1 when one does not answer',
  `  ./drydock raft
  ./drydock raft --watch                see it live while you kill a leader`,
)
  .option('-w, --watch', 'show it live')
  .action(async (options) => (await import('./commands/raft.ts')).raft(options));

clusterCommand(
  'logs',
  'what the parts say',
  `  ./drydock logs apiserver-1 -f
  ./drydock logs --tail 5               the last lines of every part`,
)
  .argument('[parts...]', 'say apiserver-1; default: all')
  .option('-f, --follow', 'go on as they are written')
  .option('--tail <lines>', 'only the last lines', wholeNumber(0, 1_000_000))
  .action(async (parts, options) => (await import('./commands/access.ts')).logs(parts, options));

clusterCommand(
  'kubeconfig',
  'print the kubeconfig, or merge it into yours',
  `  ./drydock kubeconfig > cluster.yaml
  ./drydock kubeconfig --merge          adds the context drydock-<name> to ~/.kube/config`,
)
  .option('--merge', 'merge into $KUBECONFIG or ~/.kube/config, and make it the current context')
  .action(async (options) => (await import('./commands/access.ts')).kubeconfig(options));

clusterCommand(
  'env',
  'print export lines for kubectl and etcdctl',
  `  eval "$(./drydock env)"
  kubectl get nodes
  etcdctl endpoint status -w table`,
).action(async (options) => (await import('./commands/access.ts')).env(options));

program
  .command('run')
  .description('run one component in the foreground, with its own flags')
  .argument('<component>', 'etcd, apiserver, scheduler, ...')
  .argument('[flags...]', 'as the component takes them; --help shows them')
  .passThroughOptions()
  .allowUnknownOption()
  .addHelpText(
    'after',
    `
Examples:
  ./drydock run etcd --data-dir /tmp/etcd          one member, plain http, as the original
  ./drydock run apiserver --help
  ./drydock run etcdutl snapshot status backup.db  what a snapshot of etcd holds`,
  )
  .action(async (component, flags) => (await import('./commands/run.ts')).run(component, flags));

program
  .command('doctor')
  .description('check this machine: what is missing, why it matters, how to mend it')
  .option('--json', 'for programs')
  .addHelpText('after', '\nExamples:\n  ./drydock doctor\n  ./drydock doctor --json')
  .action(async (options) => (await import('./commands/doctor.ts')).doctor(options));

program
  .command('test')
  .description('run everything that proves the project')
  .addOption(
    new Option('--only <suite>', 'one suite alone').choices([
      'check',
      'unit',
      'simulation',
      'integration',
      'clients',
      'containers',
    ]),
  )
  .argument('[vitest...]', 'after --: arguments for vitest, say a file or -t NAME')
  .addHelpText(
    'after',
    `
Examples:
  ./drydock test
  ./drydock test --only unit
  ./drydock test --only containers -- -t "kill the leader"`,
  )
  .action(async (vitest, options) => (await import('./commands/test.ts')).test(vitest, options));

program
  .command('version')
  .description('print versions')
  .addHelpText('after', '\nExamples:\n  ./drydock version')
  .action(() => console.log(`drydock ${version} (API level v1.32, Node ${process.version})`));

/** Those whose whole purpose is what they print; the others finish their work unread. */
const printing = new Set(['status', 'raft', 'logs', 'kubeconfig', 'env', 'doctor', 'version']);
let command = 'help';
program.hook('preAction', (_, called) => {
  command = called.opts()['merge'] === true ? 'merge' : called.name();
});
watchForClosedReaders([process.stdout, process.stderr], {
  onlyPrints: () => command === 'help' || printing.has(command),
  end: () => process.exit(0),
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommandFailure)) throw error;
  console.error(`\ndrydock: ${error.message}`);
  for (const remedy of error.remedies) console.error(`  - ${remedy}`);
  process.exitCode = error.exitCode;
}
