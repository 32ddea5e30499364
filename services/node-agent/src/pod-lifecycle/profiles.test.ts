import { describe, expect, it } from 'vitest';
import { container, pod } from '../testing/builders.ts';
import { appArmorRefusal, seccompOf } from './profiles.ts';

describe('the seccomp profile of a container', () => {
  const settings = { isDefault: false, folder: '/var/lib/drydock/seccomp' };
  const own = container('main', {
    securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'a/b.json' } },
  });
  it('is its own, or its pod’s', () => {
    const of = pod({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } });
    expect(seccompOf(of, own, settings)).toEqual({
      kind: 'localhost',
      path: '/var/lib/drydock/seccomp/a/b.json',
    });
    expect(seccompOf(of, container('main'), settings)).toEqual({ kind: 'runtime-default' });
  });
  it('is none when nobody asks for one, unless the node says otherwise', () => {
    const of = (isDefault: boolean) =>
      seccompOf(pod(), container('main'), { ...settings, isDefault }).kind;
    expect([of(false), of(true)]).toEqual(['unconfined', 'runtime-default']);
  });
});

it('a pod that wants AppArmor is refused where there is none', () => {
  const of = (type: 'RuntimeDefault' | 'Unconfined') =>
    pod({ containers: [container('main', { securityContext: { appArmorProfile: { type } } })] });
  expect(appArmorRefusal(of('RuntimeDefault'), false)).toEqual({
    reason: 'AppArmor',
    message: 'Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host',
  });
  expect(appArmorRefusal(of('RuntimeDefault'), true)).toBeUndefined();
  expect(appArmorRefusal(of('Unconfined'), false)).toBeUndefined();
  expect(appArmorRefusal(pod(), false)).toBeUndefined();
});
