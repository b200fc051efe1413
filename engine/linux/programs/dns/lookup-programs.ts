import { formatDate } from '../../date-format.ts';
import { DNS_TYPES, type DnsMessage, type DnsRecord, type Edns } from '../../dns/message.ts';
import { fail, print } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions } from '../options.ts';
import { type Flavour, program } from '../program.ts';
import { ask, candidates, type ResolverConfig, resolverConfig, reverseName } from './resolver.ts';

// nslookup, host and dig.

const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;

function withServer(config: ResolverConfig, server: string | undefined): ResolverConfig {
  return server === undefined ? config : { ...config, servers: [server] };
}

/** The first server that answers, and its answer. */
function* firstAnswer(process: Process, config: ResolverConfig, name: string, type: string) {
  for (let attempt = 0; attempt < config.attempts; attempt++) {
    for (const server of config.servers) {
      const answer = yield* ask(process, server, name, type, config);
      if (answer !== undefined) return answer;
    }
  }
  return undefined;
}

export const nslookup = program(function* (process, args, flavour) {
  const type = args
    .find((argument) => /^-(?:type|query|q|t)=/i.test(argument))
    ?.split('=')[1]
    ?.toUpperCase();
  const [name, server] = args.filter((argument) => !argument.startsWith('-'));
  if (name === undefined) return yield* fail(process, 'only lookups given on the command line are simulated');
  const config = withServer(resolverConfig(process), server);
  if (type !== undefined && DNS_TYPES[type] === undefined) {
    return yield* fail(process, flavour === 'gnu' ? `unknown query type: ${type}` : 'invalid query type', 1);
  }
  const types = type !== undefined ? [type] : ADDRESS.test(name) ? ['PTR'] : ['A', 'AAAA'];
  const asked = ADDRESS.test(name) ? [reverseName(name)] : searched(name, config, flavour);
  const unreachable = ';; connection timed out; no servers could be reached\n';
  let header = false;
  let failed = '';
  for (const candidate of asked) {
    const sections: string[] = [];
    let code: DnsMessage['code'] = 'NOERROR';
    for (const each of types) {
      const answer = yield* firstAnswer(process, config, candidate, each);
      if (answer === undefined) {
        yield* print(process, flavour === 'gnu' ? `${unreachable}\n` : unreachable);
        return 1;
      }
      if (!header)
        yield* print(
          process,
          `Server:\t\t${answer.server}\nAddress:\t${answer.server}${flavour === 'gnu' ? '#' : ':'}53\n\n`,
        );
      header = true;
      code = answer.message.code;
      if (code !== 'NOERROR') break;
      sections.push(answersText(answer.message, each, flavour));
    }
    if (code === 'NOERROR') {
      const found = sections.filter((section) => section !== '');
      if (found.length === 0) failed = `*** Can't find ${candidate}: No answer\n`;
      else {
        yield* print(process, `${found.join(flavour === 'gnu' ? '' : '\n')}\n`);
        return 0;
      }
    } else {
      failed = `** server can't find ${flavour === 'gnu' ? name : candidate}: ${code}\n`;
      if (flavour === 'busybox') yield* print(process, failed);
    }
  }
  if (flavour === 'gnu' || failed.startsWith('***')) yield* print(process, failed);
  yield* print(process, '\n');
  return 1;
});

/** BIND's nslookup obeys ndots; busybox's uses the search list only for names without a dot. */
function searched(name: string, config: ResolverConfig, flavour: Flavour): readonly string[] {
  if (flavour === 'gnu') return candidates(name, config);
  if (name.includes('.') || config.search.length === 0) return [name.replace(/\.$/, '')];
  return config.search.map((domain) => `${name}.${domain}`);
}

function answersText(message: DnsMessage, type: string, flavour: Flavour): string {
  const authoritative = message.authoritative ? '' : 'Non-authoritative answer:\n';
  const lines = message.answers.map(({ name, type: found, data }) => {
    switch (found) {
      case 'A':
      case 'AAAA':
        return `Name:\t${name}\nAddress: ${data}\n`;
      case 'CNAME':
        return `${name}\tcanonical name = ${data}${flavour === 'gnu' ? '.' : ''}\n`;
      case 'PTR':
        return `${name}\tname = ${data}${flavour === 'gnu' ? '.' : ''}\n`;
      case 'SRV':
        return `${name}\tservice = ${data}${flavour === 'gnu' ? '.' : ''}\n`;
      case 'TXT':
        return `${name}\ttext = ${data}\n`;
      case 'MX':
        return `${name}\tmail exchanger = ${data}\n`;
      default:
        return `${name}\t${found.toLowerCase()} = ${data}\n`;
    }
  });
  if (lines.length === 0) return '';
  return (type === 'AAAA' && flavour === 'gnu' ? '' : authoritative) + lines.join('');
}

export const host = program(function* (process, args) {
  const options = getOptions(args, { letters: 't:vW:R:a' });
  const [name, server] = options.operands;
  if (name === undefined) return yield* fail(process, 'a name is needed');
  const config = withServer(resolverConfig(process), server);
  const reverse = ADDRESS.test(name);
  const types = options.has('t') ? [options.value('t')!.toUpperCase()] : reverse ? ['PTR'] : ['A', 'AAAA', 'MX'];
  for (const candidate of reverse ? [reverseName(name)] : candidates(name, config)) {
    let text = '';
    let code: DnsMessage['code'] = 'NOERROR';
    for (const type of types) {
      const answer = yield* firstAnswer(process, config, candidate, type);
      if (answer === undefined) {
        yield* print(process, ';; connection timed out; no servers could be reached\n');
        return 1;
      }
      code = answer.message.code;
      if (code !== 'NOERROR') break;
      text += answer.message.answers.map(hostLine).join('');
      if (types.length === 1 && text === '') text = `${candidate} has no ${type} record\n`;
    }
    if (code === 'NOERROR' && text !== '') {
      yield* print(process, text);
      return 0;
    }
  }
  yield* print(process, `Host ${reverse ? `${reverseName(name)}.` : name} not found: 3(NXDOMAIN)\n`);
  return 1;
});

function hostLine({ name, type, data }: DnsRecord): string {
  const verbs: Readonly<Record<string, string>> = {
    A: 'has address',
    AAAA: 'has IPv6 address',
    CNAME: 'is an alias for',
    PTR: 'domain name pointer',
    SRV: 'has SRV record',
    MX: 'mail is handled by',
    TXT: 'descriptive text',
    NS: 'name server',
  };
  return `${name} ${verbs[type] ?? `has ${type} record`} ${data}${/^(CNAME|PTR|SRV|MX|NS)$/.test(type) ? '.' : ''}\n`;
}

interface DigRequest {
  readonly name: string;
  readonly type: string;
  readonly server: string | undefined;
  readonly port: number;
  readonly flags: ReadonlySet<string>;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly udpBytes: number;
}

/** What dig says that it takes: https://www.dnsflagday.net/2020/ */
const DIG_UDP_BYTES = 1232;

function digRequest(args: readonly string[]): DigRequest | string {
  let [name, type, server]: [string | undefined, string, string | undefined] = [undefined, 'A', undefined];
  let port = 53;
  let timeoutMs = 5000;
  let attempts = 3;
  let udpBytes = DIG_UDP_BYTES;
  const flags = new Set<string>();
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument.startsWith('@')) server = argument.slice(1);
    else if (/^\+(time|timeout)=/.test(argument)) timeoutMs = Number(argument.split('=')[1]) * 1000;
    else if (/^\+(tries|retry)=/.test(argument)) attempts = Math.max(1, Number(argument.split('=')[1]));
    else if (/^\+bufsize=\d{1,5}$/.test(argument)) udpBytes = Math.min(65_535, Number(argument.split('=')[1]));
    else if (argument.startsWith('+')) flags.add(argument.slice(1));
    else if (argument === '-x') {
      name = reverseName(args[++at] ?? '');
      type = 'PTR';
    } else if (argument === '-p') port = Number(args[++at]);
    else if (argument === '-t') type = (args[++at] ?? '').toUpperCase();
    else if (argument.startsWith('-')) return `Invalid option: ${argument}`;
    else if (Object.hasOwn(DNS_TYPES, argument.toUpperCase())) type = argument.toUpperCase();
    else if (argument.toUpperCase() !== 'IN') name = argument;
  }
  return {
    name: name ?? '.',
    type: name === undefined ? 'NS' : type,
    server,
    port,
    flags,
    timeoutMs,
    attempts,
    udpBytes,
  };
}

export const dig = program(function* (process, args) {
  const request = digRequest(args);
  if (typeof request === 'string') return yield* fail(process, request);
  const config = resolverConfig(process);
  const servers = request.server === undefined ? config.servers : [request.server];
  const { flags } = request;
  const short = flags.has('short');
  const command = `\n; <<>> DiG 9.20.15-1~deb13u1-Debian <<>> ${args.join(' ')}\n`;
  const names = flags.has('search') ? candidates(request.name, config) : [request.name.replace(/(.)\.$/, '$1')];
  for (const [index, name] of names.entries()) {
    let answer: DigAnswer | undefined;
    for (let attempt = 0; attempt < request.attempts && answer === undefined; attempt++) {
      for (const server of servers) answer ??= yield* digOnce(process, server, name, request);
    }
    if (answer === undefined) {
      const text = servers
        .map((server) => `;; communications error to ${server}#${request.port}: timed out\n`)
        .join('');
      yield* print(
        process,
        `${short ? '' : `${command};; global options: +cmd\n`}${text}\n;; no servers could be reached\n`,
      );
      return 9;
    }
    if (answer.message.answers.length === 0 && index < names.length - 1) continue;
    if (short) yield* print(process, answer.message.answers.map((record) => `${digData(record)}\n`).join(''));
    else yield* print(process, digText(process, command, answer, request.port, flags));
    return 0;
  }
  return 0;
});

/** What does not fit into a datagram is asked for again over a connection. */
function* digOnce(process: Process, server: string, name: string, request: DigRequest): ReturnType<typeof ask> {
  const { flags, type } = request;
  const options = { ...request, edns: ednsOf(process, request) };
  const tcp = flags.has('tcp') || flags.has('vc');
  const answer = yield* ask(process, server, name, type, { ...options, tcp });
  if (tcp || answer === undefined || !answer.message.truncated || flags.has('ignore')) return answer;
  if (!flags.has('short') && !flags.has('noall')) yield* print(process, ';; Truncated, retrying in TCP mode.\n');
  return yield* ask(process, server, name, type, { ...options, tcp: true });
}

function ednsOf(process: Process, { flags, udpBytes }: DigRequest): Edns | undefined {
  if (flags.has('noedns')) return undefined;
  return { udpBytes, cookie: flags.has('nocookie') ? undefined : cookieOf(process) };
}

/** Sixteen hexadecimal digits that another dig would not have. */
function cookieOf(process: Process): string {
  let hash = 0x811c9dc5;
  let text = '';
  for (const part of [process.pid, Math.floor(process.now())]) {
    hash = Math.imul(hash ^ part, 0x01000193) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
    text += hash.toString(16).padStart(8, '0');
  }
  return text;
}

/** A server that knows cookies adds to them; others send them back as they came, or not at all. */
function ednsText({ edns }: DnsMessage): string {
  if (edns === undefined) return '';
  const { udpBytes, cookie } = edns;
  const echoed = cookie === undefined ? '' : `; COOKIE: ${cookie}${cookie.length === 16 ? ' (echoed)' : ''}\n`;
  return `;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: ${udpBytes}\n${echoed}`;
}

interface DigAnswer {
  readonly server: string;
  readonly message: DnsMessage;
  readonly bytes: number;
  readonly timeMs: number;
  readonly protocol: 'UDP' | 'TCP';
}

function digData({ type, data }: DnsRecord): string {
  return /^(CNAME|PTR|SRV|MX|NS)$/.test(type)
    ? `${data}.`
    : type === 'SOA'
      ? data.replace(/^(\S+) (\S+)/, '$1. $2.')
      : data;
}

function digText(
  process: Process,
  command: string,
  answer: DigAnswer,
  port: number,
  flags: ReadonlySet<string>,
): string {
  const { message } = answer;
  const lines = (records: readonly DnsRecord[]) =>
    records
      .map((record) => `${`${record.name}.`.padEnd(23)} ${record.ttl}\tIN\t${record.type}\t${digData(record)}\n`)
      .join('');
  const section = (title: string, records: readonly DnsRecord[]) =>
    records.length === 0 ? '' : `;; ${title} SECTION:\n${lines(records)}\n`;
  if (flags.has('noall') && flags.has('answer')) return lines(message.answers);
  const set = [
    'qr',
    ...(message.authoritative ? ['aa'] : []),
    ...(message.truncated ? ['tc'] : []),
    ...(message.recursionDesired ? ['rd'] : []),
    ...(message.recursionAvailable ? ['ra'] : []),
  ];
  const counts = `QUERY: 1, ANSWER: ${message.answers.length}, AUTHORITY: ${message.authority.length}, ADDITIONAL: ${message.additional.length + (message.edns === undefined ? 0 : 1)}`;
  const warning = message.recursionAvailable ? '' : ';; WARNING: recursion requested but not available\n';
  return (
    `${command};; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${message.code}, id: ${message.id}\n` +
    `;; flags: ${set.join(' ')}; ${counts}\n${warning}\n` +
    `${ednsText(message)};; QUESTION SECTION:\n;${`${message.question?.name ?? ''}.`.padEnd(22)}\t\tIN\t${message.question?.type ?? ''}\n\n` +
    section('ANSWER', message.answers) +
    section('AUTHORITY', message.authority) +
    section('ADDITIONAL', message.additional) +
    `;; Query time: ${Math.round(answer.timeMs)} msec\n;; SERVER: ${answer.server}#${port}(${answer.server}) (${answer.protocol})\n` +
    `;; WHEN: ${formatDate('%a %b %d %H:%M:%S UTC %Y', process.now())}\n;; MSG SIZE  rcvd: ${answer.bytes}\n\n`
  );
}
