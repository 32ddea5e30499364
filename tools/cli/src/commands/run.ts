/**
 * `./drydock run COMPONENT [flags]`: this process becomes the component, in the foreground. So do the
 * tools that belong to a component.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../state.ts';
import { CommandFailure } from '../terminal/failure.ts';

const servicesFolder = join(repositoryRoot, 'services');

/** Programs beside a component's own, below the folder of services. */
const tools: ReadonlyMap<string, string> = new Map([['etcdutl', 'etcd/src/etcdutl/main.ts']]);

export function run(component: string, flags: readonly string[]): void {
  const main = join(servicesFolder, tools.get(component) ?? `${component}/src/main.ts`);
  if (!/^[a-z-]+$/.test(component) || !existsSync(main)) {
    const known = readdirSync(servicesFolder).filter((name) =>
      existsSync(join(servicesFolder, name, 'src/main.ts')),
    );
    throw new CommandFailure(`there is no component named ${component}`, {
      remedies: [`components there are: ${[...known, ...tools.keys()].join(', ')}`],
      exitCode: 2,
    });
  }
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  // The same process id: signals and exit codes are the component's own.
  process.execve!(process.execPath, [process.execPath, main, ...flags], environment);
}
