/** Requests for tests: a GET of nothing in particular, but for what is said. */
import type { RequestAttributes } from '../attributes.ts';

export const attributesWith = (more: Partial<RequestAttributes>): RequestAttributes => ({
  verb: 'get',
  group: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path: '',
  ...more,
});
