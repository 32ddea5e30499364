/** Acting as someone else (upstream's impersonation filter). */
import { describe, expect, test } from 'vitest';
import { refusalFor, type RequestAttributes } from '../authz/attributes.ts';
import { impersonate, readImpersonation } from './impersonation.ts';

const requester = { user: 'bob', groups: ['system:authenticated'] };

/** Lets bob impersonate whatever is not refused. */
async function act(
  headers: readonly (readonly [string, string])[],
  refused: (attributes: RequestAttributes) => boolean = () => false,
) {
  const asked: string[] = [];
  const authorizer = {
    authorize: (_user: unknown, attributes: RequestAttributes) => {
      const { group, resource, subresource, namespace, name } = attributes;
      asked.push([group, resource, subresource, namespace, name].join(' '));
      if (refused(attributes)) throw refusalFor('bob', attributes);
      return Promise.resolve();
    },
  };
  const subject = await impersonate(authorizer, requester, [...headers.flat(), 'accept', '*/*']);
  return { subject, asked };
}

describe('impersonation', () => {
  test('without its headers everyone is himself', async () => {
    expect(await act([])).toEqual({ subject: requester, asked: [] });
  });

  test('each name is asked for, and repeated headers are names of their own', async () => {
    const { subject, asked } = await act([
      ['Impersonate-User', 'jane'],
      ['Impersonate-Group', 'a, b'],
      ['impersonate-group', 'c'],
      ['Impersonate-Uid', '7'],
      ['Impersonate-Extra-Acme.com%2fProject', 'x'],
      ['Impersonate-Extra-acme.com%2fproject', 'y'],
      ['Impersonate-Extra-__proto__', 'z'],
    ]);
    expect(asked).toEqual([
      ' users   jane',
      ' groups   a, b',
      ' groups   c',
      'authentication.k8s.io userextras acme.com/project  x',
      'authentication.k8s.io userextras acme.com/project  y',
      'authentication.k8s.io userextras __proto__  z',
      'authentication.k8s.io uids   7',
    ]);
    expect(subject).toMatchObject({
      user: 'jane',
      groups: ['a, b', 'c', 'system:authenticated'],
      uid: '7',
    });
    expect(Object.entries(subject.extra!)).toEqual([
      ['acme.com/project', ['x', 'y']],
      ['__proto__', ['z']],
    ]);
  });

  test('a service account is asked for as one, and has its groups', async () => {
    const user = 'system:serviceaccount:default:builder';
    const { subject, asked } = await act([['Impersonate-User', user]]);
    expect(asked).toEqual([' serviceaccounts  default builder']);
    expect(subject.groups).toEqual([
      'system:serviceaccounts',
      'system:serviceaccounts:default',
      'system:authenticated',
    ]);
    const named = await act([
      ['Impersonate-User', user],
      ['Impersonate-Group', 'only'],
    ]);
    expect(named.subject.groups).toEqual(['only', 'system:authenticated']);
  });

  test('a stranger is not authenticated', async () => {
    const anonymous = await act([['Impersonate-User', 'system:anonymous']]);
    expect(anonymous.subject.groups).toEqual(['system:unauthenticated']);
    const jane = await act([
      ['Impersonate-User', 'jane'],
      ['Impersonate-Group', 'system:unauthenticated'],
    ]);
    expect(jane.subject.groups).toEqual(['system:unauthenticated']);
  });

  test('a refusal says what may not be impersonated', async () => {
    const headers = [
      ['Impersonate-User', 'jane'],
      ['Impersonate-Group', 'system:masters'],
    ] as const;
    await expect(act(headers, ({ resource }) => resource === 'groups')).rejects.toThrow(
      'groups "system:masters" is forbidden: User "bob" cannot impersonate resource "groups" in API group "" at the cluster scope',
    );
    const extra = [...headers, ['Impersonate-Extra-scopes', 'view']] as const;
    await expect(act(extra, ({ resource }) => resource === 'userextras')).rejects.toThrow(
      'userextras.authentication.k8s.io "view" is forbidden: User "bob" cannot impersonate resource "userextras/scopes" in API group "authentication.k8s.io" at the cluster scope',
    );
  });

  test('groups without a user are refused', () => {
    expect(() => readImpersonation(['Impersonate-Group', 'admins'])).toThrow(
      'requested [{Group  admins    }] without impersonating a user',
    );
  });
});
