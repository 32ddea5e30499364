/** Objects of a YAML file are created through the REST API; what exists already is left as it is. */
import { parseAllDocuments } from 'yaml';
import { CommandFailure } from '../terminal/failure.ts';
import type { RestClient } from './rest.ts';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The plural is the only thing that a manifest does not say. */
const plurals: Readonly<Record<string, string>> = {
  Deployment: 'deployments',
  Service: 'services',
};

export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

function collectionPath(manifest: Manifest): string {
  const plural = plurals[manifest.kind];
  if (plural === undefined)
    throw new Error(`manifests of kind ${manifest.kind} are not known here`);
  const group = manifest.apiVersion.includes('/') ? 'apis' : 'api';
  return `/${group}/${manifest.apiVersion}/namespaces/${manifest.metadata.namespace}/${plural}`;
}

export async function createMissing(
  rest: RestClient,
  manifests: readonly Manifest[],
): Promise<void> {
  for (const manifest of manifests) {
    const collection = collectionPath(manifest);
    // Asked before: creating a Service again is refused for its port, not for its name.
    const present = await rest.send('GET', `${collection}/${manifest.metadata.name}`);
    if (present.status === 200) continue;
    const response = await rest.send('POST', collection, { body: manifest });
    if (response.status === 201) continue;
    const { message = JSON.stringify(response.body) } = response.body as { message?: string };
    throw new CommandFailure(`${manifest.kind} ${manifest.metadata.name} was refused: ${message}`);
  }
}
