import { expect, test } from 'vitest';
import type { FlagSpec } from './flag.ts';
import { parseFlags } from './flag-parser.ts';

const SPECS: readonly FlagSpec[] = [
  { name: 'namespace', short: 'n', type: 'string', help: '' },
  { name: 'stdin', short: 'i', type: 'bool', help: '' },
  { name: 'tty', short: 't', type: 'bool', help: '' },
  { name: 'replicas', type: 'int', default: '1', help: '' },
  { name: 'filename', short: 'f', type: 'stringSlice', help: '' },
  { name: 'env', type: 'stringArray', help: '' },
  { name: 'dry-run', type: 'string', default: 'none', bare: 'unchanged', help: '' },
  { name: 'timeout', type: 'duration', default: '30s', help: '' },
];

test('all the ways to write a flag', () => {
  const { flags, args, argsBeforeDash } = parseFlags(
    [
      '-it',
      'pod',
      '-nkube-system',
      '--replicas=3',
      '-f',
      'a,b',
      '-f=c',
      '--env',
      'A=1,2',
      '--env=B=3',
      '--',
      'ls',
      '-l',
    ],
    SPECS,
  );
  expect(args).toEqual(['pod', 'ls', '-l']);
  expect(argsBeforeDash).toBe(1);
  expect(flags.bool('stdin') && flags.bool('tty')).toBe(true);
  expect(flags.string('namespace')).toBe('kube-system');
  expect(flags.int('replicas')).toBe(3);
  expect(flags.list('filename')).toEqual(['a', 'b', 'c']);
  expect(flags.list('env')).toEqual(['A=1,2', 'B=3']);
  expect(flags.duration('timeout')).toBe(30_000);
});

test('a flag with a bare value does not take the next word', () => {
  const { flags, args } = parseFlags(['--dry-run', 'client'], SPECS);
  expect(flags.string('dry-run')).toBe('unchanged');
  expect(args).toEqual(['client']);
});

const PROBLEMS: readonly (readonly [readonly string[], string])[] = [
  [['--nope'], 'unknown flag: --nope'],
  [['-z'], "unknown shorthand flag: 'z' in -z"],
  [['-iz'], "unknown shorthand flag: 'z' in -z"],
  [['-n'], "flag needs an argument: 'n' in -n"],
  [['--namespace'], 'flag needs an argument: --namespace'],
  [['--replicas=x'], 'invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  [
    ['--stdin=maybe'],
    'invalid argument "maybe" for "-i, --stdin" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
  [['--timeout=1d'], 'invalid argument "1d" for "--timeout" flag: time: unknown unit "d" in duration "1d"'],
];

for (const [words, message] of PROBLEMS) {
  test(`refused: ${words.join(' ')}`, () => {
    expect(() => parseFlags(words, SPECS)).toThrow(message);
  });
}
