import { describe, expect, test } from 'vitest';
import { BUILT_IN } from './built-in.ts';
import { CompiledProfile } from './compiled-profile.ts';
import { parsePolicy } from './parser.ts';
import { PolicyError } from './policy-error.ts';

function parse(text: string) {
  return parsePolicy(text, 'p', (name) => {
    const plain = name.replace(/[<">]/g, '');
    return Object.hasOwn(BUILT_IN, plain) ? { file: plain, text: BUILT_IN[plain]! } : undefined;
  });
}

function profile(rules: string, head = 'profile p') {
  const [first] = parse(`#include <tunables/global>\n${head} {\n${rules}\n}\n`);
  return new CompiledProfile(first!);
}

const DENY_WRITE = `
#include <tunables/global>

profile k8s-apparmor-example-deny-write flags=(attach_disconnected) {
  #include <abstractions/base>

  file,

  # Deny all file writes.
  deny /** w,
}
`;

test('the profile of the tutorial', () => {
  const [only] = parse(DENY_WRITE);
  expect(only).toMatchObject({ name: 'k8s-apparmor-example-deny-write', mode: 'enforce' });
  const compiled = new CompiledProfile(only!);
  expect(compiled.file('/tmp/test', 'w', true)).toEqual({ allowed: false, explicit: true, audit: false });
  expect(compiled.file('/tmp/test', 'r', true).allowed).toBe(true);
  expect(compiled.file('/bin/sh', 'x', true)).toMatchObject({ allowed: true, transition: { to: 'inherit' } });
});

describe('what a profile lets through', () => {
  test.each<[string, string, string, boolean]>([
    ['/etc/passwd r,', '/etc/passwd', 'r', true],
    ['r /etc/passwd,', '/etc/passwd', 'r', true],
    ['file r /etc/passwd,', '/etc/passwd', 'r', true],
    ['/etc/passwd r,', '/etc/passwd', 'w', false],
    ['/etc/passwd r,', '/etc/shadow', 'r', false],
    ['/tmp/** rw,', '/tmp/a/b', 'w', true],
    ['/tmp/** rw,', '/tmp/', 'w', false],
    ['/tmp/* rw,', '/tmp/a/b', 'w', false],
    ['/tmp/{,**} rw,', '/tmp/', 'w', true],
    ['/var/log/*.log a,', '/var/log/x.log', 'a', true],
    ['/var/log/*.log a,', '/var/log/x.log', 'w', false],
    ['/var/log/*.log w,', '/var/log/x.log', 'a', true],
    ['/dev/tty[0-9] rw,', '/dev/tty1', 'r', true],
    ['/dev/tty[^0-9] rw,', '/dev/tty1', 'r', false],
    ['/srv/? r,', '/srv/a', 'r', true],
    ['@{PROC}/meminfo r,', '/proc/meminfo', 'r', true],
    ['@{HOME}/x r,', '/home/me/x', 'r', true],
    ['@{HOME}/x r,', '/root/x', 'r', true],
    ['"/a b" r,', '/a b', 'r', true],
    ['/a.c r,', '/abc', 'r', false],
    ['/** r, deny /etc/** r,', '/etc/passwd', 'r', false],
    ['deny /etc/** w, /etc/** rw,', '/etc/passwd', 'r', true],
  ])('%s %s %s: %s', (rules, path, modes, allowed) => {
    expect(profile(rules).file(path, modes, true).allowed).toBe(allowed);
  });

  test('of others where a rule is the owner’s', () => {
    const rules = profile('owner /tmp/** rw,');
    expect(rules.file('/tmp/a', 'r', true).allowed).toBe(true);
    expect(rules.file('/tmp/a', 'r', false).allowed).toBe(false);
  });

  test.each<[string, string, string, boolean]>([
    ['', 'stream', 'tcp', false],
    ['network,', 'stream', 'tcp', true],
    ['network inet tcp,', 'stream', 'tcp', true],
    ['network inet tcp,', 'dgram', 'udp', false],
    ['network inet stream,', 'stream', 'tcp', true],
    ['network inet6,', 'stream', 'tcp', false],
    ['network, deny network raw,', 'raw', 'icmp', false],
  ])('%s of a %s socket: %s', (rules, type, protocol, allowed) => {
    expect(profile(rules).network({ family: 'inet', type, protocol }).allowed).toBe(allowed);
  });

  test('mounts', () => {
    expect(profile('umount,').mount('mount').allowed).toBe(false);
    expect(profile('umount,').mount('umount').allowed).toBe(true);
  });

  test.each([
    ['/bin/* ix,', 'inherit'],
    ['/bin/* Ux,', 'unconfined'],
    ['/bin/* Px,', 'profile'],
  ])('what is executed by %s runs under: %s', (rules, to) => {
    expect(profile(rules).file('/bin/sh', 'x', true).transition).toMatchObject({ to });
  });
});

test('heads of profiles', () => {
  expect(parse('/usr/bin/curl flags=(complain) { }')).toEqual([
    { name: '/usr/bin/curl', attachment: '/usr/bin/curl', mode: 'complain', rules: [] },
  ]);
  expect(parse('profile a flags=(attach_disconnected, complain) {}')).toMatchObject([{ mode: 'complain' }]);
  expect(parse('profile a /usr/bin/{curl,wget} (kill) {\n}\nprofile "b c" {}')).toMatchObject([
    { name: 'a', attachment: '/usr/bin/{curl,wget}', mode: 'kill' },
    { name: 'b c', mode: 'enforce' },
  ]);
});

test.each([
  ['profile p {\n  /etc/passwd r\n}\n', 3, 'syntax error, unexpected "}", expecting TOK_END_OF_RULE'],
  ['profile p {\n  /etc/passwd rq,\n}\n', 2, 'syntax error, unexpected TOK_ID, expecting TOK_MODE: "rq" is no mode'],
  ['profile p {\n\n  capability fly,\n}\n', 3, 'Invalid capability fly.'],
  [
    'profile p {\n  network inet tcp fast,\n}\n',
    2,
    'syntax error, unexpected TOK_ID, "fast" is no family, type or protocol of a network rule',
  ],
  ['profile p flags=(loud) {\n}\n', 1, 'Invalid profile flag: loud.'],
  ['profile p {\n  file,\n', 2, 'syntax error, unexpected TOK_EOF, expecting TOK_END_OF_RULE'],
  ['profile p {\n  @{NOPE}/x r,\n}\n', 2, 'Failed to find declaration for: @{NOPE}'],
  [
    'profile p {\n  #include <abstractions/nope>\n}\n',
    2,
    "Could not open 'abstractions/nope': No such file or directory",
  ],
  ['profile p {\n  /bin/sh x,\n}\n', 2, "Invalid mode, 'x' must be preceded by exec qualifier 'i', 'p', or 'u'"],
  ['profile p {\n  mount fstype=tmpfs,\n}\n', 2, 'conditions of mount rules are not supported'],
  ['profile p {\n  /srv/{a,b r,\n}\n', 2, 'unclosed { in /srv/{a,b'],
  ['profile p {\n  profile q {\n  }\n}\n', 2, 'profiles within profiles are not supported'],
  ['nonsense {\n}\n', 1, 'syntax error, unexpected TOK_ID, expecting TOK_PROFILE or a path'],
  [
    'profile p {\n  something strange,\n}\n',
    2,
    'syntax error, unexpected TOK_ID, expecting TOK_MODE: "strange" is no path',
  ],
])('%j is refused by line', (text, line, problem) => {
  let error: unknown;
  try {
    parse(text);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(PolicyError);
  expect((error as PolicyError).message).toBe(`AppArmor parser error for p in profile p at line ${line}: ${problem}`);
});
