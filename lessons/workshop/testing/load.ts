import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BoardRow } from '../board.ts';
import { freePort } from './free-port.ts';

// What a workshop's server can bear: `node lessons/workshop/testing/load.ts [--learners 1000] [--seconds 60]`. Plays a
// journal at human pace for each learner and watches the board, all over HTTP; prints figures and fails nothing.

const ROOT = resolve(import.meta.dirname, '../../..');
/** A learner's browser gathers what is typed and sends a batch this often, about. */
const BATCH_EVERY_MS = 2000;
/** Keys and commands in a batch. */
const ENTRIES = 8;
const JOIN_AT_ONCE = 40;

const { values } = parseArgs({
  options: {
    learners: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    idle: { type: 'string', default: '0' },
    database: { type: 'string' },
  },
});
const [learners, seconds, idle] = [Number(values.learners), Number(values.seconds), Number(values.idle)];

const data = mkdtempSync(join(tmpdir(), 'drydock-load-'));
const port = await freePort();
const api = `http://127.0.0.1:${port}/workshop/api`;
const database = values.database === undefined ? [] : ['--database', values.database];
const server = spawn(
  process.execPath,
  ['lessons/workshop/cli.ts', '--host', '127.0.0.1', '--port', String(port), '--data', data, ...database],
  { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
);
let printed = '';
server.stdout.on('data', (text) => {
  printed += text;
});
while (!printed.includes('Ctrl-C stops')) await pause(50);
const [, code = ''] = /with the code +(\w+)/.exec(printed) ?? [];
const [, key = ''] = /#key=(\S+)/.exec(printed) ?? [];

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

async function send(method: string, path: string, token: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(api + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

/** When the board showed so many inputs of a person. */
const shown = new Map<string, { inputs: number; at: number }>();

async function watchBoard(): Promise<void> {
  const response = await send('GET', '/board/events', key);
  let rest = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      if (!block.startsWith('event: rows')) continue;
      const rows = JSON.parse(block.slice(block.indexOf('data: ') + 6)) as readonly BoardRow[];
      for (const { id, benches } of rows) shown.set(id, { inputs: benches[0]?.inputs ?? 0, at: performance.now() });
    }
  }
}

const board = (await (await send('GET', '/board', key)).json()) as { benches: { id: string; versions: string[] }[] };
const [bench] = board.benches;
const path = `/me/runs/${encodeURIComponent(bench!.id)}`;
void watchBoard().catch(() => {});

async function join_(name: string): Promise<{ id: string; token: string }> {
  return (await send('POST', '/join', '', { code, name })).json() as Promise<{ id: string; token: string }>;
}

async function joinAll(count: number, prefix: string): Promise<{ id: string; token: string }[]> {
  const people: { id: string; token: string }[] = [];
  for (let from = 0; from < count; from += JOIN_AT_ONCE) {
    const names = Array.from(
      { length: Math.min(JOIN_AT_ONCE, count - from) },
      (_, index) => `${prefix} ${from + index}`,
    );
    people.push(...(await Promise.all(names.map(join_))));
  }
  return people;
}

const people = await joinAll(learners, 'Learner');
const quiet = await joinAll(idle, 'Idle');
const streams = await Promise.allSettled(quiet.map(({ token }) => send('GET', '/me/messages', token)));
const acknowledged: number[] = [];
const boarded: number[] = [];
let bytes = 0;

async function play({ id, token }: { id: string; token: string }, until: number): Promise<void> {
  await pause(Math.random() * BATCH_EVERY_MS);
  await send('PUT', path, token, { runId: 'load', version: bench!.versions[0], options: {} });
  for (let from = 0; performance.now() < until; from += ENTRIES) {
    const entries = Array.from({ length: ENTRIES }, (_, index) => ({
      timeMs: (from + index) * 250,
      step: from + index,
      input: { kind: 'terminal.input', terminal: '1', text: 'k' },
    }));
    const body = {
      runId: 'load',
      from,
      entries,
      ...(from % 80 === 0 ? { checks: [{ id: 'together', met: from % 160 === 0 }] } : {}),
    };
    bytes += JSON.stringify(body).length;
    const sentAt = performance.now();
    await send('POST', path, token, body);
    acknowledged.push(performance.now() - sentAt);
    void noteWhenBoarded(id, from + ENTRIES, sentAt);
    await pause(BATCH_EVERY_MS * (0.5 + Math.random()));
  }
}

async function noteWhenBoarded(id: string, inputs: number, sentAt: number): Promise<void> {
  while ((shown.get(id)?.inputs ?? 0) < inputs) await pause(10);
  boarded.push(performance.now() - sentAt);
}

const before = usage();
const begin = performance.now();
await Promise.all(people.map((person) => play(person, begin + seconds * 1000)));
const after = usage();
await pause(500);

const minutes = (performance.now() - begin) / 60_000;
console.log(
  `${learners} learners for ${seconds} s${idle === 0 ? '' : `, ${streams.filter(({ status }) => status === 'fulfilled').length} idle ones besides`}`,
);
console.log(
  `batches acknowledged in p50 ${percentile(acknowledged, 0.5)} ms, p99 ${percentile(acknowledged, 0.99)} ms (${acknowledged.length})`,
);
console.log(`on the board in p50 ${percentile(boarded, 0.5)} ms, p99 ${percentile(boarded, 0.99)} ms`);
console.log(
  `server: ${(((after.cpuMs - before.cpuMs) / (seconds * 1000)) * 100).toFixed(0)} % of a processor, ${after.memoryMb.toFixed(0)} MB`,
);
console.log(`${(bytes / learners / minutes / 1024).toFixed(1)} KiB a learner and minute`);
server.kill('SIGKILL');
rmSync(data, { recursive: true, force: true });
process.exit();

function percentile(times: readonly number[], part: number): string {
  return (times.toSorted((a, b) => a - b)[Math.floor(times.length * part)] ?? Number.NaN).toFixed(0);
}

/** What the server's process has used, where /proc tells. */
function usage(): { cpuMs: number; memoryMb: number } {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(' ');
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return {
    cpuMs: (Number(fields[13]) + Number(fields[14])) * 10,
    memoryMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
  };
}
