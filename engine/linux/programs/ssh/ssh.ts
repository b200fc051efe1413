import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { fingerprint } from '../../ssh/key.ts';
import { exchangeAsClient, NoSshError, Transport, VERSION } from '../../ssh/transport.ts';
import { SshError } from '../../ssh/wire.ts';
import { decode, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions, type Options } from '../options.ts';
import { errnoOf, program, Usage } from '../program.ts';
import { resolveHost } from '../resolve.ts';
import { accounts } from './account.ts';
import { identities, logIn } from './client-authentication.ts';
import { BadOption, type ClientSettings, clientSettings, parseDestination } from './client-config.ts';
import { type LocalForward, SessionRunner } from './client-session.ts';
import { checkHostKey, knownName } from './known-hosts.ts';

const LETTERS = '1246AaCfGgKkMNnqsTtVvXxYyB:b:c:D:E:e:F:I:i:J:L:l:m:O:o:P:p:Q:R:S:W:w:';
const FAILURE = 255;
const USAGE = `usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] [-b bind_address]
           [-c cipher_spec] [-D [bind_address:]port] [-E log_file]
           [-e escape_char] [-F configfile] [-I pkcs11] [-i identity_file]
           [-J destination] [-L address] [-l login_name] [-m mac_spec]
           [-O ctl_cmd] [-o option] [-P tag] [-p port] [-R address]
           [-S ctl_path] [-W host:port] [-w local_tun[:remote_tun]]
           destination [command [argument ...]]
       ssh [-Q query_option]
`;

/** What ssh is asked to do, from its command line and its files. */
interface Request {
  /** As it was written. */
  readonly host: string;
  readonly user: string;
  readonly hostName: string;
  readonly port: number;
  readonly command: string | undefined;
  readonly options: Options;
  readonly settings: ClientSettings;
  readonly home: string;
  readonly quiet: boolean;
}

/** ssh(1). */
export const ssh = program(function* (process, args) {
  try {
    const request = readRequest(process, args);
    if (request === undefined) {
      yield* printError(process, `${VERSION.replace('SSH-2.0-', '')}, OpenSSL 3.5.1 1 Jul 2025\n`);
      return 0;
    }
    if (request.options.has('G')) {
      yield* print(
        process,
        `host ${request.host}\nuser ${request.user}\nhostname ${request.hostName}\nport ${request.port}\n`,
      );
      return 0;
    }
    return yield* connectAndRun(process, request);
  } catch (error) {
    if (error instanceof Usage) yield* printError(process, usageText(error));
    else if (error instanceof BadOption) yield* printError(process, `${error.message}\n`);
    else throw error;
    return FAILURE;
  }
});

function usageText({ message }: Usage): string {
  const complaint = message?.replace('invalid option', 'unknown option').replace(/'(.)'$/, '$1');
  return complaint === undefined ? USAGE : `${complaint}\r\n${USAGE}`;
}

/** Undefined when only the version is asked for. */
function readRequest(process: Process, args: readonly string[]): Request | undefined {
  const first = getOptions(args, { letters: LETTERS, inOrder: true });
  if (first.has('V')) return undefined;
  const [target, ...rest] = first.operands;
  if (target === undefined) throw new Usage();
  // Options may stand behind the host as well.
  const second = getOptions(rest, { letters: LETTERS, inOrder: true });
  const options: Options = {
    has: (letter) => first.has(letter) || second.has(letter),
    value: (letter) => first.value(letter) ?? second.value(letter),
    values: (letter) => [...first.values(letter), ...second.values(letter)],
    operands: second.operands,
  };
  for (const [letter, what] of UNSUPPORTED)
    if (options.has(letter)) throw new BadOption(`ssh: ${what} is not supported here`);
  const destination = parseDestination(target);
  const me = accounts(process).find(({ uid }) => uid === process.credentials.uid);
  const home = me?.home ?? process.env['HOME'] ?? '/';
  const files = [options.value('F') ?? `${home}/.ssh/config`, '/etc/ssh/ssh_config'].flatMap((path) => {
    try {
      return [{ path, text: decode(process.readFile(path)) }];
    } catch (error) {
      errnoOf(error);
      return [];
    }
  });
  const settings = clientSettings(destination.host, options.values('o'), files);
  const port = Number(options.value('p') ?? destination.port ?? settings.get('port')?.[0] ?? 22);
  if (!(Number.isInteger(port) && port > 0 && port < 65_536))
    throw new BadOption(`Bad port '${options.value('p') ?? port}'`);
  return {
    host: destination.host,
    user: options.value('l') ?? destination.user ?? settings.get('user')?.[0] ?? me?.name ?? 'root',
    hostName: settings.get('hostname')?.[0]?.replaceAll('%h', destination.host) ?? destination.host,
    port,
    command: options.operands.length > 0 ? options.operands.join(' ') : settings.get('remotecommand')?.[0],
    options,
    settings,
    home,
    quiet: options.has('q') || /^(quiet|fatal|error)$/i.test(settings.get('loglevel')?.[0] ?? ''),
  };
}

/** What opens ways back, or draws windows. */
const UNSUPPORTED = [
  ['D', 'a SOCKS proxy (-D)'],
  ['R', 'forwarding from the other side (-R)'],
  ['w', 'a tunnel device (-w)'],
  ['O', 'sharing of connections (-O)'],
] as const;

function* connectAndRun(process: Process, request: Request): Task<number> {
  const debug = (text: string) => (request.options.has('v') ? printError(process, `debug1: ${text}\r\n`) : nothing());
  if (request.options.has('v'))
    yield* printError(process, `${VERSION.replace('SSH-2.0-', '')}, OpenSSL 3.5.1 1 Jul 2025\n`);
  const terminal = yield* wantsTerminal(process, request);
  const connection = yield* connect(process, request, debug);
  if (connection === undefined) return FAILURE;
  const { input, output, address } = connection;
  const transport = new Transport(process, input, output);
  const { host, user, hostName, port, settings } = request;
  try {
    const version = yield* transport.exchangeVersions();
    yield* debug(`Local version string ${VERSION}`);
    yield* debug(`Remote protocol version 2.0, remote software version ${version.replace(/^SSH-2.0-/, '')}`);
    yield* debug(`Authenticating to ${hostName}:${port} as '${user}'`);
    const { session, hostKey } = yield* exchangeAsClient(process, transport);
    yield* debug(`Server host key: ssh-ed25519 ${fingerprint(hostKey)}`);
    const check = { name: knownName(hostName, port), address, key: hostKey, ...knownHosts(request) };
    if (!(yield* checkHostKey(process, check))) return FAILURE;
    const files = [...request.options.values('i'), ...(settings.get('identityfile') ?? [])];
    const keys = yield* identities(process, files, request.home);
    for (const key of keys) yield* debug(`Offering public key: ${key.comment} ED25519 ${fingerprint(key.blob)}`);
    const left = yield* logIn(process, transport, session, user, keys);
    if (left !== undefined) {
      yield* printError(process, `${user}@${hostName}: Permission denied (${left}).\r\n`);
      return FAILURE;
    }
    yield* debug(`Authenticated to ${hostName} ([${address}]:${port}) using "publickey".`);
    return yield* startSession(process, transport, output, request, terminal);
  } catch (error) {
    if (!(error instanceof SshError || error instanceof Errno) || (error instanceof Errno && error.code === 'EPIPE'))
      throw error;
    yield* printError(process, endedText(error, address, port, host));
    return FAILURE;
  }
}

function* nothing(): Task<void> {}

function endedText(error: SshError | Errno, address: string, port: number, host: string): string {
  const place = `${address} port ${port}`;
  if (error instanceof Errno)
    return `kex_exchange_identification: read: ${error.message}\r\nConnection reset by ${place}\r\n`;
  if (error instanceof NoSshError)
    return `kex_exchange_identification: ${error.message}\r\nConnection closed by ${place}\r\n`;
  return error.message.startsWith('Connection closed')
    ? `Connection closed by ${place}\r\n`
    : `ssh_dispatch_run_fatal: Connection to ${place}: ${error.message} (${host})\r\n`;
}

interface Connection {
  readonly input: number;
  readonly output: number;
  readonly address: string;
}

function* connect(
  process: Process,
  request: Request,
  debug: (text: string) => Task<void>,
): Task<Connection | undefined> {
  const { hostName, port, settings, options } = request;
  const jump = options.value('J') ?? settings.get('proxyjump')?.[0];
  if (jump !== undefined && jump !== 'none') return connectThrough(process, request, jump);
  const address = yield* resolveHost(process, hostName);
  if (address === undefined) {
    yield* printError(process, `ssh: Could not resolve hostname ${hostName}: Name or service not known\r\n`);
    return undefined;
  }
  yield* debug(`Connecting to ${hostName} [${address}] port ${port}.`);
  const seconds = Number(settings.get('connecttimeout')?.[0]);
  try {
    const fd = yield* process.connect(address, port, seconds > 0 ? seconds * 1000 : undefined);
    yield* debug('Connection established.');
    return { input: fd, output: fd, address };
  } catch (error) {
    const { message } = errnoOf(error);
    yield* printError(process, `ssh: connect to host ${hostName} port ${port}: ${message}\r\n`);
    return undefined;
  }
}

/** As OpenSSH does it: another ssh carries the bytes. */
function connectThrough(process: Process, { hostName, port, options }: Request, jumps: string): Connection {
  const all = jumps.split(',');
  const last = parseDestination(all.at(-1)!.replace(/^(?!ssh:)/, 'ssh://'));
  const [inFrom, inTo] = process.pipe();
  const [outFrom, outTo] = process.pipe();
  const via = all.length > 1 ? ['-J', all.slice(0, -1).join(',')] : [];
  const target = `${last.user === undefined ? '' : `${last.user}@`}${last.host}`;
  const keep = options.values('o').flatMap((option) => (/^(stricthost|userknown)/i.test(option) ? ['-o', option] : []));
  const argv = [
    'ssh',
    ...via,
    ...keep,
    ...(last.port === undefined ? [] : ['-p', last.port]),
    '-W',
    `[${hostName}]:${port}`,
    target,
  ];
  process.spawn({ path: '/usr/bin/ssh', argv, fds: { 0: inFrom, 1: outTo, 2: 2 } });
  process.close(inFrom);
  process.close(outTo);
  return { input: outFrom, output: inTo, address: 'UNKNOWN' };
}

function knownHosts({ settings, home, options, quiet }: Request) {
  const said = settings.get('stricthostkeychecking')?.[0] ?? 'ask';
  const batch = settings.get('batchmode')?.[0] === 'yes';
  const strict = said === 'off' ? ('no' as const) : (said as 'yes' | 'no' | 'ask' | 'accept-new');
  const own = settings.get('userknownhostsfile')?.[0] ?? `${home}/.ssh/known_hosts`;
  return {
    strict: strict === 'ask' && batch ? ('yes' as const) : strict,
    files: [own.replace(/^~(?=\/)/, home), '/etc/ssh/ssh_known_hosts'],
    quiet: quiet || options.has('q'),
  };
}

function* startSession(
  process: Process,
  transport: Transport,
  output: number,
  request: Request,
  terminal: boolean,
): Task<number> {
  const { options, settings, command, hostName, quiet } = request;
  const forwards: LocalForward[] = [];
  for (const text of [...options.values('L'), ...(settings.get('localforward') ?? [])]) {
    const forward = yield* openForward(process, text);
    if (typeof forward === 'string') yield* printError(process, forward);
    else forwards.push(forward);
  }
  const through = options.value('W');
  const [, throughHost = '', throughPort = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(through ?? '') ?? [];
  if (through !== undefined && throughPort === '')
    throw new BadOption(`Bad stdio forwarding specification '${through}'`);
  const session = {
    host: hostName,
    output,
    command,
    terminal: terminal && through === undefined && !options.has('N'),
    input: !options.has('n') && !options.has('f'),
    forwardOnly: options.has('N'),
    forwards,
    through: through === undefined ? undefined : { host: throughHost, port: Number(throughPort) },
    environment: environmentToSend(process, settings),
    quiet,
  };
  if (!options.has('f')) return yield* new SessionRunner(process, transport, session).run();
  process.fork(function* (child) {
    transport.moveTo(child);
    return yield* new SessionRunner(child, transport, session).run();
  });
  return 0;
}

/** Debian's ssh_config has it send these. */
function environmentToSend(process: Process, settings: ClientSettings): Readonly<Record<string, string>> {
  const patterns = ['LANG', 'LC_*', ...(settings.get('sendenv') ?? []).flatMap((value) => value.split(/\s+/))];
  const named = (name: string) =>
    patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => named(name)));
}

function* wantsTerminal(process: Process, { options, settings, command }: Request): Task<boolean> {
  const asked = settings.get('requesttty')?.[0];
  if (options.has('T') || asked === 'no') return false;
  const times = options.values('t').length;
  if (times >= 2 || asked === 'force') return true;
  if (times === 0 && asked !== 'yes' && (command !== undefined || options.has('N') || options.has('W'))) return false;
  if (process.isTerminal(0)) return true;
  yield* printError(process, 'Pseudo-terminal will not be allocated because stdin is not a terminal.\r\n');
  return false;
}

/** `[address:]port:host:port`, or what is to be said of it. */
function* openForward(process: Process, text: string): Task<LocalForward | string> {
  const [, bound = '127.0.0.1', from, host, to] = /^(?:([^:]*):)?(\d+)[:\s]\[?([^\]:]+)\]?:(\d+)$/.exec(text) ?? [];
  if (from === undefined || host === undefined) throw new BadOption(`Bad local forwarding specification '${text}'`);
  const address = bound === '' || bound === '*' ? '0.0.0.0' : ((yield* resolveHost(process, bound)) ?? bound);
  try {
    return { listener: process.listen(Number(from), address), host, port: Number(to) };
  } catch (error) {
    const { message } = errnoOf(error);
    return `bind [${address}]:${from}: ${message}\r\nchannel_setup_fwd_listener_tcpip: cannot listen to port: ${from}\r\nCould not request local forwarding.\r\n`;
  }
}
