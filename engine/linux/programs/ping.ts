import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { fail, print } from '../stdio.ts';
import type { EchoReply, Process } from '../syscalls.ts';
import { getOptions } from './options.ts';
import { errnoOf, type Flavour, program, Usage } from './program.ts';
import { resolveHost } from './resolve.ts';

interface Tally {
  sent: number;
  readonly timesMs: number[];
}

/** How long the last answer is waited for. */
const LAST_WAIT_MS = 10_000;

export const ping = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'c:w:W:i:s:t:I:qnA46M:' });
  const host = options.operands[0];
  if (host === undefined) throw new Usage(flavour === 'gnu' ? 'usage error: Destination address required' : undefined);
  const address = yield* resolveHost(process, host);
  if (address === undefined) {
    return flavour === 'gnu'
      ? yield* fail(process, `${host}: Name or service not known`, 2)
      : yield* fail(process, `bad address '${host}'`);
  }
  const size = Number(options.value('s') ?? 56);
  yield* print(
    process,
    flavour === 'gnu'
      ? `PING ${host} (${address}) ${size}(${size + 28}) bytes of data.\n`
      : `PING ${host} (${address}): ${size} data bytes\n`,
  );
  const count = Number(options.value('c') ?? Number.POSITIVE_INFINITY);
  const intervalMs = Math.max(2, Number(options.value('i') ?? 1) * 1000);
  const waitMs = options.has('W') ? Number(options.value('W')) * 1000 : LAST_WAIT_MS;
  const startMs = process.now();
  const deadlineMs = options.has('w') ? startMs + Number(options.value('w')) * 1000 : Number.POSITIVE_INFINITY;
  const ttl = options.has('t') ? Number(options.value('t')) : undefined;
  const tally: Tally = { sent: 0, timesMs: [] };
  process.setSignalAction('INT', 'catch');
  try {
    while (tally.sent < count && process.now() < deadlineMs && process.takeSignals().length === 0) {
      tally.sent += 1;
      const last = tally.sent === count;
      const timeoutMs = Math.min(last ? waitMs : Math.min(intervalMs, waitMs), deadlineMs - process.now());
      const sentMs = process.now();
      const sequence = flavour === 'gnu' ? tally.sent : tally.sent - 1;
      const message = { id: process.pid, sequence, bytes: size };
      const reply = yield* process.echo(address, { timeoutMs, ...message, ...(ttl !== undefined && { ttl }) });
      if (reply?.kind === 'reply') tally.timesMs.push(reply.timeMs);
      if (reply !== undefined && !options.has('q')) yield* print(process, replyText(flavour, reply, tally.sent, size));
      if (!last) yield* process.sleep(Math.max(0, intervalMs - (process.now() - sentMs)));
    }
  } catch (error) {
    const { code, message } = errnoOf(error);
    if (code === 'EPERM') {
      return yield* fail(
        process,
        flavour === 'gnu' ? 'socktype: SOCK_RAW: Operation not permitted' : `permission denied (are you root?)`,
        flavour === 'gnu' ? 2 : 1,
      );
    }
    if (code !== 'EINTR')
      return yield* fail(
        process,
        flavour === 'gnu' ? `connect: ${message}` : `sendto: ${message}`,
        flavour === 'gnu' ? 2 : 1,
      );
  }
  yield* print(process, summary(flavour, host, tally, process.now() - startMs));
  return tally.timesMs.length > 0 ? 0 : 1;
});

function replyText(flavour: Flavour, reply: EchoReply, sequence: number, size: number): string {
  const number = flavour === 'gnu' ? `icmp_seq=${sequence}` : `seq=${sequence - 1}`;
  switch (reply.kind) {
    case 'reply':
      return `${size + 8} bytes from ${reply.from}: ${number} ttl=${reply.ttl} time=${reply.timeMs.toFixed(3)} ms\n`;
    case 'exceeded':
      return flavour === 'gnu' ? `From ${reply.from} ${number} Time to live exceeded\n` : '';
    case 'unreachable':
      return flavour === 'gnu' ? `From ${reply.from} ${number} Destination Host Unreachable\n` : '';
    case 'prohibited':
      return flavour === 'gnu' ? `From ${reply.from} ${number} Packet filtered\n` : '';
  }
}

function summary(flavour: Flavour, host: string, { sent, timesMs }: Tally, totalMs: number): string {
  const received = timesMs.length;
  const loss = sent === 0 ? 0 : Math.round((100 * (sent - received)) / sent);
  const [least, most] = [Math.min(...timesMs), Math.max(...timesMs)];
  const mean = timesMs.reduce((sum, time) => sum + time, 0) / Math.max(1, received);
  const deviation = Math.sqrt(timesMs.reduce((sum, time) => sum + (time - mean) ** 2, 0) / Math.max(1, received));
  const head = `\n--- ${host} ping statistics ---\n`;
  const figures = (values: readonly number[]) => values.map((value) => value.toFixed(3)).join('/');
  if (flavour === 'gnu') {
    const rtt = received === 0 ? '\n' : `rtt min/avg/max/mdev = ${figures([least, mean, most, deviation])} ms\n`;
    return `${head}${sent} packets transmitted, ${received} received, ${loss}% packet loss, time ${Math.round(totalMs)}ms\n${rtt}`;
  }
  const trip = received === 0 ? '' : `round-trip min/avg/max = ${figures([least, mean, most])} ms\n`;
  return `${head}${sent} packets transmitted, ${received} packets received, ${loss}% packet loss\n${trip}`;
}

const PROBES = 3;

export const traceroute = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'nIm:q:w:T46', long: { icmp: 'I' } });
  const host = options.operands[0];
  if (host === undefined) throw new Usage();
  const address = yield* resolveHost(process, host);
  if (address === undefined)
    return yield* fail(
      process,
      flavour === 'gnu' ? `${host}: Name or service not known` : `bad address '${host}'`,
      flavour === 'gnu' ? 2 : 1,
    );
  const hops = Number(options.value('m') ?? 30);
  const timeoutMs = Number(options.value('w') ?? (flavour === 'gnu' ? 5 : 3)) * 1000;
  const probes = Number(options.value('q') ?? PROBES);
  yield* print(
    process,
    `traceroute to ${host} (${address}), ${hops} hops max, ${flavour === 'gnu' ? 60 : 46} byte packets\n`,
  );
  for (let ttl = 1; ttl <= hops; ttl++) {
    const line = yield* traceHop(process, address, ttl, probes, timeoutMs, options.has('n'));
    yield* print(process, `${String(ttl).padStart(2)}  ${line.text}\n`);
    if (line.arrived) return 0;
  }
  return 0;
});

function* traceHop(
  process: Process,
  address: string,
  ttl: number,
  probes: number,
  timeoutMs: number,
  numeric: boolean,
): Task<{ text: string; arrived: boolean }> {
  let text = '';
  let from: string | undefined;
  let arrived = false;
  for (let probe = 0; probe < probes; probe++) {
    let reply: EchoReply | undefined;
    try {
      reply = yield* process.echo(address, { ttl, timeoutMs });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return { text: error.message, arrived: true };
    }
    if (reply === undefined) {
      text += `${text === '' ? '' : ' '}*`;
      continue;
    }
    if (reply.from !== from)
      text += `${text === '' ? '' : ' '}${numeric ? reply.from : `${reply.from} (${reply.from})`}`;
    from = reply.from;
    text += `  ${reply.timeMs.toFixed(3)} ms${reply.kind === 'unreachable' ? ' !H' : ''}`;
    arrived ||= reply.kind !== 'exceeded';
  }
  return { text, arrived };
}
