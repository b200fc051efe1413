import { Usage } from '../program.ts';

/** What ssh_config(5) and `-o` can say here. Names are in lower case. */
export type ClientSettings = ReadonlyMap<string, readonly string[]>;

const KNOWN = new Set(
  (
    'addkeystoagent addressfamily batchmode bindaddress checkhostip ciphers compression connectionattempts connecttimeout ' +
    'controlmaster controlpath controlpersist escapechar exitonforwardfailure fingerprinthash forwardagent forwardx11 ' +
    'gssapiauthentication hashknownhosts hostkeyalgorithms hostname identitiesonly identityfile include kexalgorithms ' +
    'kbdinteractiveauthentication localforward loglevel macs numberofpasswordprompts passwordauthentication port ' +
    'preferredauthentications proxyjump pubkeyacceptedalgorithms pubkeyauthentication remotecommand requesttty sendenv ' +
    'serveralivecountmax serveraliveinterval setenv sessiontype stdinnull stricthostkeychecking tcpkeepalive updatehostkeys ' +
    'user userknownhostsfile globalknownhostsfile verifyhostkeydns visualhostkey'
  ).split(' '),
);

/** Keywords that may be given several times. */
const MANY: ReadonlySet<string> = new Set(['identityfile', 'localforward', 'sendenv', 'setenv']);

/** A line of the command line that makes no sense: ssh says so and ends with 255. */
export class BadOption extends Error {}

/**
 * What the options of the command line and the files say of a host, the first value first.
 *
 * @param options `Name=value` or `Name value`, as behind `-o`
 */
export function clientSettings(
  host: string,
  options: readonly string[],
  files: readonly { readonly path: string; readonly text: string }[],
): ClientSettings {
  const settings = new Map<string, string[]>();
  for (const option of options) take(settings, option, 'command-line: line 0');
  for (const { path, text } of files) {
    let applies = true;
    for (const [index, raw] of text.split('\n').entries()) {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) continue;
      const [, keyword = '', value = ''] = KEYWORD.exec(line) ?? [];
      if (keyword.toLowerCase() === 'host') applies = hostMatches(host, value.split(/\s+/));
      else if (keyword.toLowerCase() === 'match') applies = value.trim() === 'all';
      else if (applies) take(settings, line, `${path}: line ${index + 1}`);
    }
  }
  return settings;
}

const KEYWORD = /^(\w+)(?:\s*=\s*|\s+|$)"?(.*?)"?$/;

function take(settings: Map<string, string[]>, line: string, where: string): void {
  const [, keyword = line, value = ''] = KEYWORD.exec(line.trim()) ?? [];
  const name = keyword.toLowerCase();
  if (!KNOWN.has(name)) throw new BadOption(`${where}: Bad configuration option: ${name}\r`);
  if (value === '') throw new BadOption(`${where}: no argument after keyword "${name}"\r`);
  const values = settings.get(name);
  if (values === undefined) settings.set(name, [value]);
  else if (MANY.has(name)) values.push(value);
}

function hostMatches(host: string, patterns: readonly string[]): boolean {
  let matches = false;
  for (const pattern of patterns) {
    const isNegated = pattern.startsWith('!');
    const text = (isNegated ? pattern.slice(1) : pattern).replace(/[.+^${}()|[\]\\]/g, '\\$&');
    if (!new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(host)) continue;
    if (isNegated) return false;
    matches = true;
  }
  return matches;
}

/** `[user@]host`, or `ssh://[user@]host[:port]` */
export interface Destination {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
}

export function parseDestination(text: string): Destination {
  const [, user, host = '', port] = /^(?:ssh:\/\/)?(?:(.*)@)?([^@]*?)(?::(\d+))?\/?$/.exec(text) ?? [];
  if (host === '') throw new Usage();
  return text.startsWith('ssh://') || port === undefined
    ? { user, host, port }
    : { user, host: `${host}:${port}`, port: undefined };
}
