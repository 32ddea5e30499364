/**
 * What `kubectl explain` says of types and fields, out of the declarations of @kubernetes/client-node,
 * which is generated from Kubernetes' own OpenAPI document.
 *
 * Its generator writes newlines as spaces, and nothing about fields whose type is another model.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Descriptions } from '@drydock/api';

interface Model {
  readonly description: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

const classPattern = /(?:\/\*\*\n\* ([^\n]*)\n\*\/\n)?export declare class \w+ /;
const fieldPattern = / {4}\/\*\*\n {4}\* ([^\n]*)\n {4}\*\/\n {4}'([^'\n]+)'\??:/g;

const unescape = (text: string) => text.replace(/\\(["'])/g, '$1').trimEnd();

function parseModel(text: string): Model {
  const description = classPattern.exec(text)?.[1];
  const fields = new Map<string, string>();
  for (const [, words, name] of text.matchAll(fieldPattern)) fields.set(name!, unescape(words!));
  return { description: description === undefined ? undefined : unescape(description), fields };
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** `core.v1.Pod` is V1Pod there, and `core.v1.Event`, of which there are two, CoreV1Event. */
function modelNames(type: string): readonly string[] {
  const [group = '', version = '', name = ''] = type.split('.');
  const short = capitalized(version) + name;
  return [capitalized(group) + short, short];
}

/** Reads a model's file when it is first asked about: some 400 small files, once a process. */
export function readDescriptions(): Descriptions {
  const entry = fileURLToPath(import.meta.resolve('@kubernetes/client-node'));
  const folder = join(dirname(entry), 'gen', 'models');
  const models = new Map<string, Model | undefined>();
  const modelOf = (type: string): Model | undefined => {
    if (models.has(type)) return models.get(type);
    const file = modelNames(type)
      .map((name) => join(folder, `${name}.d.ts`))
      .find((path) => existsSync(path));
    const model = file === undefined ? undefined : parseModel(readFileSync(file, 'utf8'));
    models.set(type, model);
    return model;
  };
  return {
    ofType: (type) => modelOf(type)?.description,
    ofField: (type, field) => modelOf(type)?.fields.get(field),
  };
}
