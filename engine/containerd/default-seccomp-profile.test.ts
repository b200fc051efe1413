import { expect, test } from 'vitest';
import { SeccompFilter } from '../linux/confinement/seccomp-filter.ts';
import type { Capability } from '../linux/credentials.ts';
import { defaultSeccompProfile } from './default-seccomp-profile.ts';

function verdict(call: string, capabilities: Capability[], ...values: number[]): string {
  const { kind, errno } = new SeccompFilter(defaultSeccompProfile(new Set(capabilities))).decide([call], values);
  return kind === 'errno' ? `errno ${errno}` : kind;
}

test.each<[string, Capability[], number[], string]>([
  ['openat', [], [], 'allow'],
  ['mount', [], [], 'errno 1'],
  ['mount', ['CAP_SYS_ADMIN'], [], 'allow'],
  ['unshare', [], [0x10000000], 'errno 1'],
  ['clone', [], [17], 'allow'],
  ['clone', [], [0x10000011], 'errno 1'],
  ['clone', ['CAP_SYS_ADMIN'], [0x10000011], 'allow'],
  ['clone3', [], [], 'errno 38'],
  ['chroot', [], [], 'errno 1'],
  ['chroot', ['CAP_SYS_CHROOT'], [], 'allow'],
  ['socket', [], [2, 1, 0], 'allow'],
  ['socket', [], [40, 1, 0], 'errno 1'],
  ['keyctl', ['CAP_SYS_ADMIN'], [], 'errno 1'],
])('%s with %j and %j: %s', (call, capabilities, values, expected) => {
  expect(verdict(call, capabilities, ...values)).toBe(expected);
});
