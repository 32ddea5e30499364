/** What of a request decides whether it is allowed, and the words of a refusal. Pure. */
import { ApiError, forbiddenError } from '@drydock/api';

export interface RequestAttributes {
  /** get, list, watch, create, update, patch, delete, deletecollection; else the method in lower case. */
  readonly verb: string;
  readonly group: string;
  /** Empty for paths that are no resources. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
}

/** Upstream's 403. */
export function refusalFor(user: string, attributes: RequestAttributes): ApiError {
  const { verb, group, resource, subresource, namespace, name, path } = attributes;
  if (resource === '') {
    return new ApiError({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `forbidden: User "${user}" cannot ${verb} path "${path}"`,
      reason: 'Forbidden',
      details: {},
      code: 403,
    });
  }
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${user}" cannot ${verb} resource "${whole}" in API group "${group}" ${scope}`;
  return forbiddenError({ group, resource }, name, why);
}
