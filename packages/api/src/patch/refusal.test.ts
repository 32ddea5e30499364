import { describe, expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { deployments } from '../registry.ts';
import { decodeObject } from '../decode.ts';
import { patchObject, type PatchRequest } from './patch-object.ts';

const { object: web } = decodeObject(
  '{"metadata":{"name":"web"},"spec":{"selector":{},"template":{"spec":{"containers":[]}}}}',
  deployments,
);

function refusalOf(patch: Omit<PatchRequest, 'body'> & { readonly body: object }) {
  try {
    patchObject(deployments, web, { ...patch, body: JSON.stringify(patch.body) });
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a patch that does not fit', () => {
  const mediaType = 'application/strategic-merge-patch+json';

  test.each([
    [{ spec: { replicas: 'many' } }, 'map[spec:map[replicas:many]]', 'unrecognized type: int32'],
    [{ spec: { paused: 1 } }, 'map[spec:map[paused:1]]', 'unrecognized type: bool'],
    [
      { metadata: { labels: ['a', null] } },
      'map[metadata:map[labels:[a <nil>]]]',
      'cannot restore map from slice',
    ],
    [
      { spec: { strategy: true } },
      'map[spec:map[strategy:true]]',
      'cannot restore struct from: bool',
    ],
  ])('%j is shown as Go prints it, with what could not be restored', (body, shown, why) => {
    const { message, status } = refusalOf({ mediaType, body });
    expect(message).toBe(` "" is invalid: patch: Invalid value: "${shown}": ${why}`);
    expect(status.code).toBe(422);
    expect(status.details).toEqual({
      causes: [
        {
          reason: 'FieldValueInvalid',
          message: `Invalid value: "${shown}": ${why}`,
          field: 'patch',
        },
      ],
    });
  });

  test('a merge patch is shown by the document that it makes, with the text of the decoder', () => {
    const mergePatch = 'application/merge-patch+json';
    const { message } = refusalOf({ mediaType: mergePatch, body: { spec: { replicas: 'many' } } });
    expect(message).toMatch(
      /^ "" is invalid: patch: Invalid value: "\{\\"kind\\":\\"Deployment\\"/,
    );
    expect(message).toMatch(
      /json: cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
    );
  });

  test('an unknown field is refused the same way where fields are judged strictly', () => {
    const body = { spec: { foo: 1 } };
    expect(refusalOf({ mediaType, body, fieldValidation: 'Strict' }).message).toBe(
      ' "" is invalid: patch: Invalid value: "map[spec:map[foo:1]]": strict decoding error: unknown field "spec.foo"',
    );
  });

  test('of JSON patches that do not fit the document no reason is told', () => {
    const body = [{ op: 'test', path: '/spec/replicas', value: 7 }];
    const { message, status } = refusalOf({ mediaType: 'application/json-patch+json', body });
    expect(message).toBe('the server rejected our request due to an error in our request');
    expect(status).toMatchObject({ code: 422, reason: 'Invalid', details: {} });
  });
});
