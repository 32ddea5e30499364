import { describe, expect, test } from 'vitest';
import {
  ApiError,
  alreadyExistsError,
  badRequestError,
  conflictError,
  forbiddenError,
  internalError,
  invalidError,
  methodNotAllowedError,
  notFoundError,
  reasonOf,
  requestEntityTooLargeError,
  timeoutError,
  tooLargeResourceVersionError,
  tooManyRequestsError,
  tooOldResourceVersionError,
} from './errors.ts';
import {
  duplicate,
  goQuote,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
} from './field-error.ts';

const pods = { group: '', resource: 'pods' };
const deployments = { group: 'apps', resource: 'deployments' };

describe('messages that users know by heart', () => {
  test.each([
    [notFoundError(pods, 'x'), 404, 'NotFound', 'pods "x" not found'],
    [notFoundError(deployments, 'x'), 404, 'NotFound', 'deployments.apps "x" not found'],
    [alreadyExistsError(pods, 'x'), 409, 'AlreadyExists', 'pods "x" already exists'],
    [
      conflictError(deployments, 'x'),
      409,
      'Conflict',
      'Operation cannot be fulfilled on deployments.apps "x": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [badRequestError('no'), 400, 'BadRequest', 'no'],
    [forbiddenError(pods, 'x', 'why'), 403, 'Forbidden', 'pods "x" is forbidden: why'],
    [forbiddenError(pods, '', 'why'), 403, 'Forbidden', 'pods is forbidden: why'],
    [
      methodNotAllowedError(pods, 'create'),
      405,
      'MethodNotAllowed',
      'create is not supported on resources of kind "pods"',
    ],
    [tooOldResourceVersionError('1', '1000'), 410, 'Expired', 'too old resource version: 1 (1000)'],
    [
      requestEntityTooLargeError(),
      413,
      'RequestEntityTooLarge',
      'Request entity too large: limit is 3145728',
    ],
    [tooManyRequestsError(1), 429, 'TooManyRequests', 'too many requests, please try again later'],
    [
      tooLargeResourceVersionError('10', '5'),
      504,
      'Timeout',
      'Timeout: Too large resource version: 10, current: 5',
    ],
    [timeoutError('slow'), 504, 'Timeout', 'Timeout: slow'],
    [internalError('x'), 500, 'InternalError', 'Internal error occurred: x'],
  ])('%s', (error, code, reason, message) => {
    expect(error).toBeInstanceOf(ApiError);
    expect(error.status).toMatchObject({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code,
      reason,
      message,
    });
    expect(reasonOf(error)).toBe(reason);
  });

  test('any other error has no reason', () => {
    expect(reasonOf(new Error('x'))).toBe('Unknown');
  });
});

describe('invalid objects', () => {
  const image = required('spec.containers[0].image');
  const policy = notSupported('spec.restartPolicy', 'Foo', ['Never', 'Always']);

  test('one error stands alone, several in brackets, equal texts once', () => {
    expect(invalidError({ group: '', kind: 'Pod' }, 'x', [image]).message).toBe(
      'Pod "x" is invalid: spec.containers[0].image: Required value',
    );
    expect(
      invalidError({ group: 'apps', kind: 'Deployment' }, 'x', [image, policy, image]).message,
    ).toBe(
      'Deployment.apps "x" is invalid: [spec.containers[0].image: Required value, spec.restartPolicy: Unsupported value: "Foo": supported values: "Always", "Never"]',
    );
  });

  test('each error is a cause with its reason, text and field', () => {
    const { details } = invalidError({ group: '', kind: 'Pod' }, 'x', [image, policy]).status;
    expect(details).toEqual({
      name: 'x',
      kind: 'Pod',
      causes: [
        {
          reason: 'FieldValueRequired',
          message: 'Required value',
          field: 'spec.containers[0].image',
        },
        {
          reason: 'FieldValueNotSupported',
          message: 'Unsupported value: "Foo": supported values: "Always", "Never"',
          field: 'spec.restartPolicy',
        },
      ],
    });
  });

  test.each([
    [invalid('a', 3, 'why'), 'a: Invalid value: 3: why'],
    [invalid('a', undefined, 'why'), 'a: Invalid value: "null": why'],
    [invalid('a', 'say "x"\n', 'why'), 'a: Invalid value: "say \\"x\\"\\n": why'],
    [duplicate('a', 'x'), 'a: Duplicate value: "x"'],
    [tooLong('a', 63), 'a: Too long: may not be more than 63 bytes'],
    [tooMany('a', 5, 1), 'a: Too many: 5: must have at most 1 item'],
  ])('%j', (error, text) => {
    expect(invalidError({ group: '', kind: 'K' }, 'n', [error]).message).toBe(
      `K "n" is invalid: ${text}`,
    );
  });

  test('control characters are escaped as Go escapes them', () => {
    expect(goQuote('\u0000\u0007\b\u007f')).toBe('"\\x00\\a\\b\\x7f"');
  });
});
