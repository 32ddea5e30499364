import type { PodSpec } from '@drydock/api';
import { describe, expect, it } from 'vitest';
import { pod } from '../testing/builders.ts';
import { checkSysctlPatterns, sysctlRefusal } from './sysctls.ts';

const setting = (name: string, spec: Partial<PodSpec> = {}) =>
  pod({ ...spec, securityContext: { sysctls: [{ name, value: '1' }] } });

describe('a pod with kernel settings', () => {
  it('may have those that touch nobody else', () => {
    expect(sysctlRefusal(setting('net.ipv4.tcp_syncookies'), [])).toBeUndefined();
    expect(sysctlRefusal(setting('net/ipv4/tcp_syncookies'), [])).toBeUndefined();
    expect(sysctlRefusal(pod(), [])).toBeUndefined();
  });

  it('may have others only where the node allows them', () => {
    expect(sysctlRefusal(setting('kernel.msgmax'), [])).toEqual({
      reason: 'SysctlForbidden',
      message: 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted',
    });
    expect(sysctlRefusal(setting('kernel.msgmax'), ['kernel.msg*'])).toBeUndefined();
    expect(sysctlRefusal(setting('kernel.shmmax'), ['kernel.msg*'])).toBeDefined();
  });

  it('may not set those of the node', () => {
    const message = (name: string, spec: Partial<PodSpec>) =>
      sysctlRefusal(setting(name, spec), [])!.message;
    expect(message('net.ipv4.tcp_syncookies', { hostNetwork: true })).toBe(
      'Pod was rejected: forbidden sysctl: "net.ipv4.tcp_syncookies" not allowed with host net enabled',
    );
    expect(message('kernel.shm_rmid_forced', { hostIPC: true })).toBe(
      'Pod was rejected: forbidden sysctl: "kernel.shm_rmid_forced" not allowed with host ipc enabled',
    );
  });
});

it('a node cannot allow what is the whole machine’s', () => {
  expect(() => checkSysctlPatterns('--x', ['kernel.msg*', 'net.core.somaxconn'])).not.toThrow();
  expect(() => checkSysctlPatterns('--x', ['vm.swappiness'])).toThrow(
    '--x: the sysctls vm.swappiness are not known to be namespaced',
  );
});
