import { invalid } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';

/** Options for the driver of a flexVolume: what is named after Kubernetes is the node agent's. */
export function validateFlexOptions(
  options: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  if (options === undefined) return [];
  return Object.keys(options)
    .filter((key) => {
      const owner = `.${key.split('/', 1)[0]!.toLowerCase()}`;
      return owner.endsWith('.kubernetes.io') || owner.endsWith('.k8s.io');
    })
    .map((key) => {
      const why = 'kubernetes.io and k8s.io namespaces are reserved';
      return invalid(`${field}[${key}]`, key, why);
    });
}
