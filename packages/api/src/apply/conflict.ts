/** What is told to an applier whose configuration would change what others own. */
import { ApiError } from '../errors.ts';
import { goQuote } from '../field-error.ts';
import type { Manager } from './managers.ts';
import { formatPath } from './path-element.ts';

export interface Conflict {
  readonly manager: Manager;
  readonly path: readonly string[];
}

function describe({ name, operation, apiVersion, subresource }: Manager): string {
  const through = subresource === '' ? '' : ` with subresource ${goQuote(subresource)}`;
  return `${goQuote(name)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

/** @param conflicts at least one, those of a manager beside each other */
export function applyConflictError(conflicts: readonly Conflict[]): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: messageOf(conflicts),
    reason: 'Conflict',
    details: {
      causes: conflicts.map(({ manager, path }) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with ${describe(manager)}`,
        field: formatPath(path),
      })),
    },
    code: 409,
  });
}

function messageOf(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1) {
    const { manager, path } = first!;
    return `Apply failed with 1 conflict: conflict with ${describe(manager)}: ${formatPath(path)}`;
  }
  const lines: string[] = [];
  let shown: Manager | undefined;
  for (const { manager, path } of conflicts) {
    if (manager !== shown) lines.push(`conflicts with ${describe(manager)}:`);
    shown = manager;
    lines.push(`- ${formatPath(path)}`);
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}
