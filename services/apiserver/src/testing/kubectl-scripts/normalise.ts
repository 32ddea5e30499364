/** What differs from run to run, by names: ids, times, versions, addresses that were chosen. */
import { normaliseTables } from './table.ts';

const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`;

const replacements: readonly (readonly [RegExp, string])[] = [
  // First: a process id may look like a node port.
  [/^([IWE])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ (\w+\.go):\d+\]/gm, '$1 $2]'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
  [new RegExp(time, 'g'), '<time>'],
  [
    /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g,
    '<time>',
  ],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}/g, '<time>'],
  [/(resourceVersion"?: ?)"\d+"/g, '$1"<version>"'],
  [/\bresourceVersion=\d+/g, 'resourceVersion=<version>'],
  [/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  // Before ports of nodes: any free one may be among those.
  [/\b(?:localhost|127\.0\.0\.1):\d+/g, '<server>'],
  // The lower part of a range is for those who ask for a certain value.
  [/\b10\.96\.(?!0\.)\d+\.\d+\b/g, '<cluster-ip>'],
  [/\b(?:3008[6-9]|3009\d|30[1-9]\d\d|31\d{3}|32(?!767)\d{3})\b/g, '<node-port>'],
  [/^(Age|Duration|AGE): +\S+$/gm, '$1: <age>'],
  [/\(\d+s ago\)/g, '(<age> ago)'],
  // A table without headings ends with an age, too.
  [/( {2,})\d+[sm]$/gm, '$1<age>'],
  [/(Expected resource version to be \d+, was )\d+/g, '$1<version>'],
  [/\bX509SHA256=[0-9a-f]{64}\b/g, 'X509SHA256=<hash>'],
  [/\bLS0tLS1[A-Za-z0-9+/]+=*/g, '<pem>'],
  [/\bkubectl\/v1\.\S+/g, 'kubectl/<release>'],
  [/\bapplyset-[\w-]{43}-v1\b/g, 'applyset-<id>-v1'],
  [/\b(made|node-debugger-node-a)-[a-z0-9]{5}\b/g, '$1-<id>'],
];

/** What -v=6 adds: scripts wait for it, but do not compare it. */
const logLine = /^I\d{4} \d\d:\d\d:.*\n/gm;

export function createNormalise(more: readonly (readonly [RegExp | string, string])[]) {
  const one = (text: string) => {
    let result = text;
    for (const [pattern, name] of [...more, ...replacements])
      result = result.replaceAll(pattern, name);
    return result;
  };
  return {
    /** Of a value that is no output. */
    value: one,
    output: (text: string) => one(normaliseTables(text.replaceAll(logLine, ''), one)),
  };
}
