/**
 * What JSON needs to know of the messages: of every field its names, number, type and whether it
 * repeats. A quarter of what a descriptor holds, and no parser to read it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

const jsonName = (name: string) =>
  name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());

function schemaOf(message: protobuf.Type): string {
  const fields = message.fieldsArray.map((field) => {
    field.resolve();
    const { resolvedType } = field;
    const type =
      resolvedType === null
        ? field.type
        : `${resolvedType instanceof protobuf.Enum ? 'enum' : 'message'} ${resolvedType.fullName.slice(1)}`;
    return [field.id, field.name, jsonName(field.name), type, field.repeated];
  });
  return `  '${message.fullName.slice(1)}': ${JSON.stringify(fields)},\n`;
}

/** The text of generated/schemas.ts. */
export function schemasOf(files: readonly string[]): string {
  const root = new protobuf.Root();
  for (const file of files) {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    protobuf.parse(text, root, { keepCase: true });
  }
  root.resolveAll();
  const messages: string[] = [];
  const enums: string[] = [];
  const methods: string[] = [];
  const visit = (scope: protobuf.NamespaceBase): void => {
    for (const one of scope.nestedArray) {
      if (one instanceof protobuf.Enum) {
        enums.push(`  '${one.fullName.slice(1)}': ${JSON.stringify(one.values)},\n`);
      } else if (one instanceof protobuf.Service) {
        for (const method of one.methodsArray) {
          method.resolve();
          const types = [method.resolvedRequestType!, method.resolvedResponseType!];
          const names = types.map((type) => type.fullName.slice(1));
          const path = `/${one.fullName.slice(1)}/${method.name}`;
          methods.push(`  '${path}': ${JSON.stringify(names)},\n`);
        }
      } else if (one instanceof protobuf.Namespace) {
        if (one instanceof protobuf.Type) messages.push(schemaOf(one));
        visit(one);
      }
    }
  };
  visit(root);
  return `// Generated from the .proto files by generate.ts: edit those, then run \`node proto/etcd/generate.ts\`.

/** Number, name, name in camel case, type, and whether it repeats. */
export type FieldSchema = readonly [
  number: number,
  name: string,
  jsonName: string,
  type: string,
  isRepeated: boolean,
];

export const messageSchemas: Readonly<Record<string, readonly FieldSchema[]>> = {
${messages.join('')}};

export const enumSchemas: Readonly<Record<string, Readonly<Record<string, number>>>> = {
${enums.join('')}};

/** The messages of a method by its path: request and answer. */
export const methodSchemas: Readonly<Record<string, readonly [string, string]>> = {
${methods.join('')}};
`;
}
