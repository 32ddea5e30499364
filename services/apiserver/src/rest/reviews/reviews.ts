/**
 * Kinds that are questions: what is created is answered at once, and nothing is stored. One line each.
 */
import {
  findResource,
  groupVersion,
  methodNotAllowedError,
  type DiscoveryResource,
  type SchemaName,
} from '@drydock/api';
import type { Authenticator } from '../../authn/authenticator.ts';
import { readTypedBody } from '../body.ts';
import type { ResourcePath } from '../path.ts';
import type { ResourceRequest } from '../resource-handler.ts';
import { tokenReview } from './token-review.ts';

export interface ReviewPowers {
  readonly authenticator: Authenticator;
}

export interface Review {
  readonly resource: DiscoveryResource;
  readonly schema: SchemaName;
  /** The question with its answer. @throws ApiError */
  readonly answer: (body: Record<string, unknown>, powers: ReviewPowers) => Promise<object>;
}

const reviews: readonly Review[] = [tokenReview];

/** What discovery tells of them. */
export const reviewResources: readonly DiscoveryResource[] = reviews.map(
  ({ resource }) => resource,
);

/** Undefined for a path that is about something else. */
export function findReview(path: ResourcePath): Review | undefined {
  if (findResource(path.group, path.resource) !== undefined) return undefined;
  return reviews.find(
    ({ resource: { group, version, resource } }) =>
      group === path.group &&
      version === path.version &&
      resource === path.resource &&
      path.subresource === '',
  );
}

export async function handleReview(
  { resource, schema, answer }: Review,
  {
    exchange,
    respond,
    verb,
    user,
  }: Pick<ResourceRequest, 'exchange' | 'respond' | 'user' | 'verb'>,
  powers: ReviewPowers,
): Promise<void> {
  if (verb !== 'create') throw methodNotAllowedError(resource, verb);
  const write = { user, dryRun: false, fieldValidation: 'Warn', warnings: [] } as const;
  const warnings: string[] = [];
  const type = { apiVersion: groupVersion(resource), schema };
  const body = await readTypedBody(exchange, type, { ...write, warnings });
  const answered = await answer(body, powers);
  respond(201, 'application/json', `${JSON.stringify(answered)}\n`, warnings);
}
