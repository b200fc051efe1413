import { expect, test } from 'vitest';
import type { SeccompProfile } from '../confinement.ts';
import { ConfinementError } from '../confinement.ts';
import { SeccompFilter } from './seccomp-filter.ts';

function filter(profile: Partial<SeccompProfile>): SeccompFilter {
  return new SeccompFilter({ defaultAction: 'SCMP_ACT_ALLOW', ...profile });
}

function decided(profile: Partial<SeccompProfile>, forms: string, ...values: number[]): string {
  const { kind, errno } = filter(profile).decide(forms.split('|'), values);
  return kind === 'errno' ? `errno ${errno}` : kind;
}

const errno = (names: string[], more = {}) => ({ names, action: 'SCMP_ACT_ERRNO', ...more });

test('a rule for any form of a call counts, the usual one first', () => {
  expect(decided({ syscalls: [errno(['mkdirat'])] }, 'mkdir|mkdirat')).toBe('errno 1');
  const both = [errno(['mkdirat']), { names: ['mkdir'], action: 'SCMP_ACT_ALLOW' }];
  expect(decided({ syscalls: both }, 'mkdir|mkdirat')).toBe('allow');
});

test.each([
  ['SCMP_CMP_EQ', { value: 2 }, 2, 3],
  ['SCMP_CMP_NE', { value: 2 }, 3, 2],
  ['SCMP_CMP_LT', { value: 2 }, 1, 2],
  ['SCMP_CMP_LE', { value: 2 }, 2, 3],
  ['SCMP_CMP_GT', { value: 2 }, 3, 2],
  ['SCMP_CMP_GE', { value: 2 }, 2, 1],
  ['SCMP_CMP_MASKED_EQ', { value: 0x7e020000, valueTwo: 0 }, 17, 0x10000011],
])('%s', (op, values, matching, other) => {
  const syscalls = [errno(['socket'], { errnoRet: 97, args: [{ index: 0, op, ...values }] })];
  expect(decided({ syscalls }, 'socket', matching)).toBe('errno 97');
  expect(decided({ syscalls }, 'socket', other)).toBe('allow');
});

test('all conditions of a rule have to hold, and any of several rules', () => {
  const args = [0, 1].map((index) => ({ index, value: 1, op: 'SCMP_CMP_EQ' }));
  const syscalls = [
    errno(['socket'], { args }),
    errno(['socket'], { args: [{ index: 0, value: 5, op: 'SCMP_CMP_EQ' }] }),
  ];
  expect(decided({ syscalls }, 'socket', 1, 1)).toBe('errno 1');
  expect(decided({ syscalls }, 'socket', 1, 2)).toBe('allow');
  expect(decided({ syscalls }, 'socket', 5, 2)).toBe('errno 1');
});

test('what no rule names gets the default, with its number', () => {
  expect(decided({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 38 }, 'read')).toBe('errno 38');
  expect(decided({ defaultAction: 'SCMP_ACT_TRACE' }, 'read')).toBe('errno 38');
  expect(decided({ defaultAction: 'SCMP_ACT_TRAP' }, 'read')).toBe('kill');
});

test.each([
  [{ defaultAction: 'SCMP_ACT_NOTIFY' }, 'seccomp: SCMP_ACT_NOTIFY needs an agent that listens, and here is none'],
  [{ defaultAction: 'allow' }, 'string allow is not a valid action for seccomp'],
  [{ architectures: ['x86'] }, 'string x86 is not a valid arch for seccomp'],
  [
    { syscalls: [errno(['read'], { args: [{ index: 0, value: 0, op: '==' }] })] },
    'string == is not a valid operator for seccomp',
  ],
])('%j is no profile', (profile, explanation) => {
  expect(() => filter(profile)).toThrow(ConfinementError);
  try {
    filter(profile);
  } catch (error) {
    expect((error as ConfinementError).explanation).toBe(explanation);
  }
});
