/** What of a request decides whether it is allowed, and the words of a refusal. Pure. */
import { ApiError, forbiddenError, goQuote, type FieldRequirement } from '@drydock/api';

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
  /** Of a list or a watch. */
  readonly fields?: readonly FieldRequirement[];
}

/** An answer, and why: who allows it, or what would have had to be otherwise. */
export interface Decision {
  readonly allowed: boolean;
  /** Empty when there is nothing to say. */
  readonly reason: string;
}

/** `pods` or `pods/log`. */
export const wholeResource = ({ resource, subresource }: RequestAttributes): string =>
  subresource === '' ? resource : `${resource}/${subresource}`;

/** Requests about one namespace are in that namespace, as upstream sees them. */
export function withOwnNamespace(attributes: RequestAttributes): RequestAttributes {
  const { group, resource, namespace, name } = attributes;
  if (group !== '' || resource !== 'namespaces' || namespace !== '' || name === '') {
    return attributes;
  }
  return { ...attributes, namespace: name };
}

/** A list or watch of a single name is about that object. Empty for any other. */
export function namedBy(fields: readonly FieldRequirement[]): string {
  const isName = ({ field, operator }: FieldRequirement) =>
    field === 'metadata.name' && operator === '=';
  return fields.find(isName)?.value ?? '';
}

/** Upstream's 403. */
export function refusalFor(user: string, attributes: RequestAttributes, reason = ''): ApiError {
  const { verb, group, resource, namespace, name, path } = attributes;
  const because = reason === '' ? '' : `: ${reason}`;
  if (resource === '') {
    return new ApiError({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `forbidden: User ${goQuote(user)} cannot ${verb} path ${goQuote(path)}${because}`,
      reason: 'Forbidden',
      details: {},
      code: 403,
    });
  }
  const whole = goQuote(wholeResource(attributes));
  const scope =
    namespace === '' ? 'at the cluster scope' : `in the namespace ${goQuote(namespace)}`;
  const what = `cannot ${verb} resource ${whole} in API group ${goQuote(group)} ${scope}`;
  return forbiddenError({ group, resource }, name, `User ${goQuote(user)} ${what}${because}`);
}
