/** What may I do here? What `kubectl auth can-i --list` asks. */
import {
  badRequestError,
  type SelfSubjectRulesReview,
  type SubjectRulesReviewStatus,
} from '@drydock/api';
import type { AnswerReview } from './review.ts';

export const answerSelfSubjectRulesReview: AnswerReview = ({ review, user }, { authorizer }) => {
  const { metadata, spec } = review as SelfSubjectRulesReview;
  const { namespace = '' } = spec;
  if (namespace === '') throw badRequestError('no namespace on request');
  const { rules, problems, isIncomplete } = authorizer.rulesFor(user, namespace);
  const status: SubjectRulesReviewStatus = {
    resourceRules: [],
    nonResourceRules: [],
    incomplete: isIncomplete,
    ...(problems.length === 0 ? {} : { evaluationError: problems.join(', ') }),
  };
  for (const { verbs, apiGroups, resources = [], resourceNames, nonResourceURLs = [] } of rules) {
    if (resources.length > 0) {
      status.resourceRules.push({
        verbs,
        ...(apiGroups === undefined ? {} : { apiGroups }),
        resources,
        ...(resourceNames === undefined ? {} : { resourceNames }),
      });
    }
    if (nonResourceURLs.length > 0) status.nonResourceRules.push({ verbs, nonResourceURLs });
  }
  return { metadata, spec: {}, status };
};
