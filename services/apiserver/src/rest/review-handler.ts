/** Reviews over REST: a question is posted, and comes back with its answer. Nothing is stored. */
import {
  badRequestError,
  findReview,
  groupVersion,
  methodNotAllowedError,
  type ReviewDefinition,
} from '@drydock/api';
import type { Subject } from '../authz/subject.ts';
import { readTypedBody } from './body.ts';
import type { Exchange } from './exchange.ts';
import type { ResourcePath } from './path.ts';
import { parseWriteOptions } from './write-options.ts';
import type { ReviewPowers } from './reviews/review.ts';
import { answers } from './reviews/table.ts';
import type { Respond } from './respond.ts';

export interface ReviewRequest {
  readonly exchange: Exchange;
  readonly respond: Respond;
  readonly path: ResourcePath;
  readonly query: URLSearchParams;
  readonly verb: string;
  readonly user: Subject;
}

export type ReviewHandler = (request: ReviewRequest) => Promise<void>;

/** The review that a path names; undefined for any other path. */
export function reviewAt(path: ResourcePath): ReviewDefinition | undefined {
  const review = findReview(path.group, path.resource);
  const isServed =
    review !== undefined &&
    review.version === path.version &&
    path.subresource === '' &&
    (review.namespaced || path.namespace === '');
  return isServed ? review : undefined;
}

export function createReviewHandler(powers: ReviewPowers): ReviewHandler {
  return async (request) => {
    const { exchange, respond, path, verb, user } = request;
    const definition = reviewAt(path)!;
    if (verb !== 'create' || path.name !== '') throw methodNotAllowedError(definition, verb);
    if (definition.namespaced && path.namespace === '') {
      throw badRequestError('namespace is required on this type: the path has none');
    }
    const apiVersion = groupVersion(definition);
    const write = parseWriteOptions(request);
    const { kind, schema } = definition;
    const review = await readTypedBody(exchange, { apiVersion, schema }, write);
    const asked = { review, user, namespace: path.namespace };
    const answer = { kind, apiVersion, ...(await answers[kind]!(asked, powers)) };
    respond(201, 'application/json', `${JSON.stringify(answer)}\n`, write.warnings);
  };
}
