/** What an answer to a review is made of. */
import type { Authenticator } from '../../authn/authenticator.ts';
import type { Authorizer } from '../../authz/authorizer.ts';
import type { Subject } from '../../authz/subject.ts';

export interface ReviewPowers {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
}

/** A question that was asked, and by whom. */
export interface Asked {
  /** The body in normal form: an object of the review's kind. */
  readonly review: object;
  readonly user: Subject;
  /** Of the path; empty for reviews of the whole cluster. */
  readonly namespace: string;
}

/**
 * The review with its answer, without kind and apiVersion.
 * @throws ApiError for a question that cannot be answered
 */
export type AnswerReview = (asked: Asked, powers: ReviewPowers) => object | Promise<object>;
