/** What --help and --version print, and what is said of a command line that cannot be read. */
import { variableOf } from './environment.ts';
import { describeDefault, type EtcdFlag } from './flag.ts';
import { flagSections } from './flags.ts';

export const usage = `Usage:

  etcd [flags]
    Start a member.

  etcd --version
    Show the version.

  etcd -h | --help
    Show every flag.

  etcd --config-file PATH
    Read the flags from a YAML file; flags and environment are then ignored.

Every flag can be given as a variable too, --data-dir as ${variableOf('data-dir')}.
`;

function describe(name: string, flag: EtcdFlag<unknown>): string {
  const { effect } = flag;
  const remark = effect.kind === 'used' ? '' : `\n    (Here: ${effect.instead}.)`;
  return `  --${name} ${describeDefault(flag)}\n    ${flag.help}${remark}`;
}

export function describeFlags(): string {
  return flagSections
    .map(([title, flags]) => {
      const lines = Object.entries(flags).map(([name, flag]) => describe(name, flag));
      return `${title}:\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

/** The lines of the original, by which scripts find the version. */
export function describeVersion(version: string): string {
  return [
    `etcd Version: ${version}`,
    'Git SHA: drydock',
    `Go Version: none (Node.js ${process.version})`,
    `Go OS/Arch: ${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
    '',
  ].join('\n');
}
