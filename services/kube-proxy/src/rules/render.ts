/**
 * Rulesets as input for `nft -f -`: one atomic transaction each.
 *
 * 1. What is referred to is made before, and removed after, what refers to it.
 * 2. The sets in which the kernel remembers clients keep their content in every transaction.
 */
import type { MapName, Ruleset, SetName } from './ruleset.ts';
import { fixedChains, mapTypes, setTypes, tableName } from './table.ts';

/** What the kernel has of our table, by name. */
export interface PresentTable {
  readonly chains: readonly string[];
  readonly sets: readonly string[];
}

const at = (name: string) => `ip ${tableName} ${name}`;
const clientSet = (name: string, seconds: number) =>
  `add set ${at(name)} { type ipv4_addr; flags dynamic,timeout; timeout ${seconds}s; size 65535; }`;
const mapNames = Object.keys(mapTypes) as MapName[];
const setNames = Object.keys(setTypes) as SetName[];

/** Makes the table what it must be, whatever is in it; undefined: there is no table yet. */
export function renderWhole(wanted: Ruleset, present: PresentTable | undefined): string {
  const staleChains = (present?.chains ?? []).filter(
    (name) => !wanted.chains.has(name) && !(name in fixedChains),
  );
  const staleSets = (present?.sets ?? []).filter(
    (name) => name.startsWith('clients/') && !wanted.affinity.has(name),
  );
  const lines = [`add table ip ${tableName}`];
  for (const name of setNames) lines.push(`add set ${at(name)} { ${setTypes[name]} }`);
  for (const name of mapNames) lines.push(`add map ${at(name)} { ${mapTypes[name]} }`);
  if (present !== undefined) {
    for (const name of [...setNames, ...mapNames]) {
      lines.push(`flush ${name in mapTypes ? 'map' : 'set'} ${at(name)}`);
    }
  }
  for (const [name, seconds] of wanted.affinity) lines.push(clientSet(name, seconds));
  for (const [name, { hook }] of Object.entries(fixedChains)) {
    lines.push(`add chain ${at(name)}${hook === undefined ? '' : ` { ${hook} }`}`);
  }
  for (const name of wanted.chains.keys()) lines.push(`add chain ${at(name)}`);
  for (const name of present?.chains ?? []) lines.push(`flush chain ${at(name)}`);
  for (const [name, { rules }] of Object.entries(fixedChains)) lines.push(...addRules(name, rules));
  for (const [name, rules] of wanted.chains) lines.push(...addRules(name, rules));
  for (const name of setNames) lines.push(...addElements(name, wanted.sets[name]));
  for (const name of mapNames) lines.push(...addElements(name, pairs(wanted.maps[name])));
  for (const name of staleChains) lines.push(`delete chain ${at(name)}`);
  for (const name of staleSets) lines.push(`delete set ${at(name)}`);
  return `${lines.join('\n')}\n`;
}

/** What changed between two rulesets; empty when nothing did. */
export function renderChanges(from: Ruleset, to: Ruleset): string {
  const lines: string[] = [];
  const [goneChains, keptChains] = partition(from.chains.keys(), (name) => !to.chains.has(name));
  for (const [name, seconds] of to.affinity) {
    if (!from.affinity.has(name)) lines.push(clientSet(name, seconds));
  }
  const newChains = [...to.chains.keys()].filter((name) => !from.chains.has(name));
  for (const name of newChains) lines.push(`add chain ${at(name)}`);
  for (const name of mapNames) {
    const gone = [...from.maps[name]].filter(
      ([key, verdict]) => to.maps[name].get(key) !== verdict,
    );
    lines.push(...deleteElements(name, pairs(gone)));
  }
  for (const name of setNames) {
    const gone = [...from.sets[name]].filter((element) => !to.sets[name].has(element));
    lines.push(...deleteElements(name, gone));
  }
  const changed = keptChains.filter(
    (name) => !isEqual(from.chains.get(name)!, to.chains.get(name)!),
  );
  for (const name of [...changed, ...goneChains]) lines.push(`flush chain ${at(name)}`);
  for (const name of [...newChains, ...changed])
    lines.push(...addRules(name, to.chains.get(name)!));
  for (const name of setNames) {
    const fresh = [...to.sets[name]].filter((element) => !from.sets[name].has(element));
    lines.push(...addElements(name, fresh));
  }
  for (const name of mapNames) {
    const fresh = [...to.maps[name]].filter(
      ([key, verdict]) => from.maps[name].get(key) !== verdict,
    );
    lines.push(...addElements(name, pairs(fresh)));
  }
  for (const name of goneChains) lines.push(`delete chain ${at(name)}`);
  for (const name of from.affinity.keys()) {
    if (!to.affinity.has(name)) lines.push(`delete set ${at(name)}`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

const addRules = (chain: string, rules: readonly string[]) =>
  rules.map((rule) => `add rule ${at(chain)} ${rule}`);

const pairs = (elements: Iterable<readonly [string, string]>) =>
  Array.from(elements, ([key, verdict]) => `${key} : ${verdict}`);

function addElements(name: string, elements: Iterable<string>): string[] {
  const all = [...elements];
  return all.length === 0 ? [] : [`add element ${at(name)} { ${all.join(', ')} }`];
}

function deleteElements(name: string, elements: readonly string[]): string[] {
  return elements.length === 0 ? [] : [`delete element ${at(name)} { ${elements.join(', ')} }`];
}

function partition<T>(all: Iterable<T>, isFirst: (one: T) => boolean): [T[], T[]] {
  const list = [...all];
  return [list.filter(isFirst), list.filter((one) => !isFirst(one))];
}

const isEqual = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((rule, index) => rule === b[index]);
