import { CAPABILITIES } from '../../credentials.ts';
import type { FileRule, ProfileRule, Transition } from './profile.ts';
import type { Token } from './tokens.ts';

type Fail = (problem: string, token: Token) => never;

interface Qualifiers {
  readonly deny: boolean;
  readonly audit: boolean;
  readonly owner: boolean;
}

/** Rules that are read and change nothing: what they are about is not there, or everybody may do it. */
const WITHOUT_EFFECT = new Set('signal ptrace unix dbus change_profile mqueue userns io_uring pivot_root'.split(' '));

const FAMILIES = new Set('unix inet inet6 netlink packet ipx appletalk ax25 bluetooth vsock can tipc alg'.split(' '));
const TYPES = new Set('stream dgram seqpacket rdm raw packet tcp udp icmp'.split(' '));
const CAPABILITY_NAMES = new Set(CAPABILITIES.map((name) => name.slice(4).toLowerCase()));

/** What a rule's words mean; one may stand for several. */
export function readRule(words: readonly Token[], fail: Fail): readonly ProfileRule[] {
  const { qualifiers, rest } = takeQualifiers(words, fail);
  const [first, ...more] = rest;
  if (first === undefined) fail('syntax error, unexpected TOK_END_OF_RULE', words[0]!);
  const { deny, audit, owner } = qualifiers;
  const keyword = first.quoted ? '' : first.text;
  if (owner && ['capability', 'network', 'mount', 'umount', 'remount'].includes(keyword)) {
    fail(`owner prefix not allowed on ${keyword} rules`, words[0]!);
  }
  if (WITHOUT_EFFECT.has(keyword)) return [];
  switch (keyword) {
    case 'capability':
      for (const token of more) if (!CAPABILITY_NAMES.has(token.text)) fail(`Invalid capability ${token.text}.`, token);
      return [{ kind: 'capability', deny, audit, names: more.map(({ text }) => text) }];
    case 'network':
      return [{ kind: 'network', deny, audit, ...networkOf(more, fail) }];
    case 'mount':
    case 'remount':
    case 'umount':
      if (more.length > 0) fail(`conditions of ${keyword} rules are not supported`, more[0]!);
      return [{ kind: keyword === 'umount' ? 'umount' : 'mount', deny, audit }];
    case 'all':
      return [everyFile(qualifiers), { kind: 'capability', deny, audit, names: [] }, { kind: 'network', deny, audit }];
    case 'set':
    case 'rlimit':
    case 'link':
      return fail(`${keyword} rules are not supported`, first);
    case 'file':
      if (more.length === 0) return [everyFile(qualifiers)];
      return [fileRule(more, qualifiers, fail)];
  }
  return [fileRule(rest, qualifiers, fail)];
}

function takeQualifiers(words: readonly Token[], fail: Fail) {
  const qualifiers = { deny: false, audit: false, owner: false };
  let at = 0;
  for (; at < words.length; at++) {
    const { text, quoted } = words[at]!;
    if (quoted) break;
    if (text === 'allow') continue;
    if (text === 'quiet' || text === 'priority' || text === 'other' || text === 'prompt')
      fail(`${text} is not supported`, words[at]!);
    if (text !== 'deny' && text !== 'audit' && text !== 'owner') break;
    qualifiers[text] = true;
  }
  return { qualifiers, rest: words.slice(at) };
}

/** `file,`: everything, and what is executed stays under the profile. */
function everyFile({ deny, audit, owner }: Qualifiers): FileRule {
  const transition = deny ? {} : { transition: { to: 'inherit' } as const };
  return { kind: 'file', deny, audit, owner, path: '/{**,}', modes: 'rwaklmx', ...transition };
}

function networkOf(words: readonly Token[], fail: Fail): { family?: string; type?: string } {
  const found: { family?: string; type?: string } = {};
  for (const token of words) {
    if (FAMILIES.has(token.text) && found.family === undefined && found.type === undefined) found.family = token.text;
    else if (TYPES.has(token.text) && found.type === undefined) found.type = token.text;
    else
      fail(
        `syntax error, unexpected TOK_ID, ${JSON.stringify(token.text)} is no family, type or protocol of a network rule`,
        token,
      );
  }
  return found;
}

/** `/path rw`, `rw /path`, `/path Px -> name`. */
function fileRule(words: readonly Token[], { deny, audit, owner }: Qualifiers, fail: Fail): FileRule {
  const arrow = words.findIndex(({ text, quoted }) => !quoted && text === '->');
  const [one, two, ...others] = arrow === -1 ? words : words.slice(0, arrow);
  const target = arrow === -1 ? undefined : words[arrow + 1];
  if (one === undefined || two === undefined)
    fail('syntax error, unexpected TOK_END_OF_RULE, expecting TOK_MODE', words.at(-1)!);
  if (others.length > 0) fail('syntax error, unexpected TOK_ID, expecting TOK_END_OF_RULE', others[0]!);
  if (arrow !== -1 && (target === undefined || words.length > arrow + 2))
    fail('syntax error, unexpected TOK_END_OF_RULE, expecting TOK_ID', words[arrow]!);
  const [path, modes] = isPath(one) ? [one, two] : [two, one];
  if (!isPath(path))
    fail(`syntax error, unexpected TOK_ID, expecting TOK_MODE: ${JSON.stringify(path.text)} is no path`, path);
  const { plain, transition } = modesOf(modes, deny, fail);
  if (target !== undefined && transition === undefined) fail('Exec condition is only valid with exec rules', target);
  const change = target === undefined || transition === undefined ? transition : { ...transition, target: target.text };
  return { kind: 'file', deny, audit, owner, path: path.text, modes: plain, ...(change && { transition: change }) };
}

function isPath({ text }: Token): boolean {
  return text.startsWith('/') || text.startsWith('@{') || text.startsWith('{/');
}

/** https://manpages.debian.org/apparmor.d: what comes before `x` tells under which profile the program will run. */
const TRANSITIONS: Readonly<Record<string, Transition>> = {
  ix: { to: 'inherit' },
  ux: { to: 'unconfined' },
  px: { to: 'profile' },
  pix: { to: 'profile', otherwise: 'inherit' },
  pux: { to: 'profile', otherwise: 'unconfined' },
};

function modesOf(token: Token, deny: boolean, fail: Fail): { plain: string; transition?: Transition } {
  const match = /^([rwaklm]*)([a-zA-Z]*x)?([rwaklm]*)$/.exec(token.text);
  if (match === null || token.text === '') {
    fail(`syntax error, unexpected TOK_ID, expecting TOK_MODE: ${JSON.stringify(token.text)} is no mode`, token);
  }
  const plain = match[1]! + match[3]!;
  if (plain.includes('w') && plain.includes('a')) fail("Conflict 'a' and 'w' perms are mutually exclusive.", token);
  const execution = match[2]?.toLowerCase();
  if (execution === undefined) return { plain };
  if (execution === 'x') {
    if (!deny) fail(`Invalid mode, 'x' must be preceded by exec qualifier 'i', 'p', or 'u'`, token);
    return { plain: `${plain}x` };
  }
  if (deny) fail("Invalid mode, in deny rules 'x' must not be preceded by exec qualifier 'i', 'p', or 'u'", token);
  if (execution.startsWith('c')) fail('transitions to profiles within profiles (cx) are not supported', token);
  if (!Object.hasOwn(TRANSITIONS, execution))
    fail(`syntax error, unexpected TOK_ID, expecting TOK_MODE: ${JSON.stringify(token.text)} is no mode`, token);
  return { plain: `${plain}x`, transition: TRANSITIONS[execution]! };
}
