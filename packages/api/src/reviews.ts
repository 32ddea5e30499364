/**
 * Reviews: questions that a client posts and that are answered at once. They are kinds to discovery and
 * OpenAPI, but nothing of them is stored; the apiserver has an answer to each (rest/reviews/).
 */
import type { DiscoveryResource } from './kind.ts';
import type { SchemaName } from './schema.ts';

export interface ReviewDefinition extends DiscoveryResource {
  readonly schema: SchemaName;
  /** What is asked, in a sentence. */
  readonly description: string;
}

function review(parts: {
  readonly group: string;
  readonly kind: SchemaName;
  readonly description: string;
  readonly namespaced?: boolean;
}): ReviewDefinition {
  const { group, kind, description, namespaced = false } = parts;
  const singular = kind.toLowerCase();
  return {
    group,
    version: 'v1',
    kind,
    resource: `${singular}s`,
    singular,
    shortNames: [],
    categories: [],
    namespaced,
    verbs: ['create'],
    subresources: [],
    schema: kind,
    description,
  };
}

const authentication = 'authentication.k8s.io';
const authorization = 'authorization.k8s.io';

/** The order is that of discovery. */
export const reviews: readonly ReviewDefinition[] = [
  review({
    group: authentication,
    kind: 'SelfSubjectReview',
    description: 'A SelfSubjectReview asks who the caller is to this server.',
  }),
  review({
    group: authentication,
    kind: 'TokenReview',
    description: 'A TokenReview asks whose a token is, and whether it is good for an audience.',
  }),
  review({
    group: authorization,
    kind: 'LocalSubjectAccessReview',
    description: 'A LocalSubjectAccessReview asks what someone may do in its namespace.',
    namespaced: true,
  }),
  review({
    group: authorization,
    kind: 'SelfSubjectAccessReview',
    description: 'A SelfSubjectAccessReview asks whether the caller may do something.',
  }),
  review({
    group: authorization,
    kind: 'SelfSubjectRulesReview',
    description: 'A SelfSubjectRulesReview asks for all that the caller may do in a namespace.',
  }),
  review({
    group: authorization,
    kind: 'SubjectAccessReview',
    description: 'A SubjectAccessReview asks whether someone may do something.',
  }),
];

const byResource = new Map(reviews.map((one) => [`${one.group}/${one.resource}`, one]));

export function findReview(group: string, resource: string): ReviewDefinition | undefined {
  return byResource.get(`${group}/${resource}`);
}
