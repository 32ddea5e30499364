/**
 * Which command a line of a script is, as far as a list of commands that must be tried can name it:
 *
 *   get pods -o=wide        the command, the type that it is about, its flags
 *
 * 1. Names of objects and values of flags do not count, but for flags whose value chooses what is done
 *    (`valued`).
 * 2. A type is the same by each of its names.
 */
const twoWords = new Set(
  'apply auth certificate cluster-info config create plugin rollout set top'.split(' '),
);
/** What may follow `apply` and is not a file. */
const applyWords = new Set(['edit-last-applied', 'set-last-applied', 'view-last-applied']);
/** Their first word is a pod or TYPE/NAME, or no object at all. */
const typeless = new Set(
  'attach certificate cluster-info completion cordon cp drain exec kustomize logs options port-forward proxy run top uncordon'.split(
    ' ',
  ),
);
const switches = new Set(
  '-A -i -it -w -q --all --force --now --prefix --server-side --prune --list --rm --command --expose --local --follow -f'.split(
    ' ',
  ),
);
const valued = new Set(
  '-o --cascade --dry-run --for --output --subresource --type --types --validate'.split(' '),
);
const shortNames: Readonly<Record<string, string>> = {
  po: 'pod',
  svc: 'service',
  deploy: 'deployment',
  rs: 'replicaset',
  ds: 'daemonset',
  sts: 'statefulset',
  cm: 'configmap',
  ns: 'namespace',
  no: 'node',
  ev: 'event',
};

export interface Command {
  /** `get`, `rollout status`. */
  readonly verb: string;
  readonly type: string | undefined;
  /** `-o=wide`, `--chunk-size`. */
  readonly flags: ReadonlySet<string>;
}

/** Words of a shell, without what it redirects. */
function splitWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\$\([^)]*\)|\\.|[^\s'"\\])+/g) ?? [];
  return words
    .map((word) => word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"/g, '$1$2'))
    .filter((word) => !/^\d?[<>]/.test(word));
}

/** Every kubectl command of a piece of shell. */
export function commandsIn(text: string): Command[] {
  const parts = text.split(/\n|;|\||&&|\$\(|\)/).map((part) => part.trim());
  return parts.flatMap((part) => {
    const at = /(?:^|[\s"'])kubectl /.exec(part);
    return at === null ? [] : [readCommand(part.slice(at.index + at[0].length))];
  });
}

export function readCommand(line: string): Command {
  const [before] = splitAt(line, ' -- ');
  const flags = new Set<string>();
  const positional: string[] = [];
  const words = splitWords(before);
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith('-')) {
      positional.push(word);
      continue;
    }
    const [name, value] = splitAt(word, '=');
    const takesNext = value === undefined && !switches.has(name) && /^-[a-zA-Z]$/.test(name);
    const given = takesNext ? words[++at] : value;
    if (name === '-f') at += 1;
    flags.add(valued.has(name) && given !== undefined ? `${name}=${kindOfValue(given)}` : name);
  }
  const [first = '', second] = positional;
  const isTwo = twoWords.has(first) && second !== undefined && !/[/.]/.test(second);
  const isPair = isTwo && (first !== 'apply' || applyWords.has(second));
  const isTriple = first === 'create' && (second === 'secret' || second === 'service');
  const length = isTriple ? 3 : isPair ? 2 : 1;
  const verb = positional.slice(0, length).map(singular).join(' ');
  return { verb, type: typeOf(first, positional[length]), flags };
}

/** Whether `command` does what `wanted` asks for; it may have more flags. */
export function covers(command: Command, wanted: Command): boolean {
  return (
    command.verb === wanted.verb &&
    (wanted.type === undefined || command.type === wanted.type) &&
    [...wanted.flags].every((flag) => command.flags.has(flag))
  );
}

const singular = (word: string) => word.replace(/^(node|pod)s$/, '$1');

/** `jsonpath` of `jsonpath={.items}`. */
const kindOfValue = (value: string) => /^[\w-]+/.exec(value)?.[0] ?? value;

function splitAt(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function typeOf(verb: string, word: string | undefined): string | undefined {
  if (word === undefined || verb === 'config' || verb === 'create') return undefined;
  if (word.startsWith('/') || verb === 'auth' || verb === 'cp') return undefined;
  if (typeless.has(verb))
    return word.includes('/') ? canonicalType(word.split('/')[0]!) : undefined;
  return word.split(',').map(canonicalType).join(',');
}

function canonicalType(word: string): string {
  const [name = ''] = word.split(/[/.]/);
  if (name === '') return word;
  return shortNames[name] ?? (name === 'ds' || name === 'sts' ? name : name.replace(/s$/, ''));
}
