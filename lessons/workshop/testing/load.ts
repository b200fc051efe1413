import { parseArgs } from 'node:util';
import type { BoardRow } from '../board.ts';
import { IdleListeners } from './idle-listeners.ts';
import { startMeasuredServer } from './measured-server.ts';
import { solvedJournal } from './solved-journal.ts';

// What a workshop's server can bear: `node lessons/workshop/testing/load.ts [--learners 1000] [--seconds 60] [--idle 10000]
// [--grade 200]`. Plays a journal at human pace for each learner and watches the board, lets others only listen, and has a
// class's journals graded, all over HTTP; prints figures and fails nothing.

/** A learner's browser gathers what is typed and sends a batch this often, about. */
const BATCH_EVERY_MS = 2000;
/** Keys and commands in a batch. */
const ENTRIES = 8;
const JOIN_AT_ONCE = 40;
/** Longer than the time between two signs of life. */
const QUIET_MS = 25_000;

const { values } = parseArgs({
  options: {
    learners: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    idle: { type: 'string', default: '0' },
    grade: { type: 'string', default: '0' },
    database: { type: 'string' },
  },
});
const [learners, seconds, idle] = [Number(values.learners), Number(values.seconds), Number(values.idle)];
const graded = Number(values.grade);

const server = await startMeasuredServer(values.database);
const { code, key } = server;
const api = `http://127.0.0.1:${server.port}/workshop/api`;
const usage = () => server.usage();

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** Each person's requests come from an address of their own, as a campus's do. @param from such an address */
async function send(method: string, path: string, token: string, body?: unknown, from = '10.0.0.1'): Promise<Response> {
  const headers = {
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    'content-type': 'application/json',
    'x-forwarded-for': from,
  };
  const response = await fetch(api + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status === 429) {
    await pause(Number(response.headers.get('retry-after') ?? 1) * 1000);
    return send(method, path, token, body, from);
  }
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

/** Batches that the board does not show yet, by person: so many inputs there will be, and when they were sent. */
const unshown = new Map<string, { readonly inputs: number; readonly sentAt: number }[]>();

async function watchBoard(): Promise<void> {
  const response = await send('GET', '/board/events', key);
  let rest = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      if (!block.startsWith('event: rows')) continue;
      const rows = JSON.parse(block.slice(block.indexOf('data: ') + 6)) as readonly BoardRow[];
      for (const { id, benches } of rows) noteBoarded(id, benches[0]?.inputs ?? 0);
    }
  }
}

const board = (await (await send('GET', '/board', key)).json()) as { benches: { id: string; versions: string[] }[] };
const [bench] = board.benches;
const path = `/me/runs/${encodeURIComponent(bench!.id)}`;
void watchBoard().catch(() => {});

interface Joined {
  readonly id: string;
  readonly token: string;
}

async function joinAs(name: string, index: number): Promise<Joined> {
  const from = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  return (await send('POST', '/join', '', { code, name }, from)).json() as Promise<Joined>;
}

async function joinAll(count: number, prefix: string): Promise<readonly Joined[]> {
  const people: Joined[] = [];
  for (let from = 0; from < count; from += JOIN_AT_ONCE) {
    const indices = Array.from({ length: Math.min(JOIN_AT_ONCE, count - from) }, (_, index) => from + index);
    people.push(...(await Promise.all(indices.map((index) => joinAs(`${prefix} ${index}`, index)))));
  }
  return people;
}

await printMemory('before anybody has joined');
const people = await joinAll(learners, 'Learner');
const listeners = new IdleListeners();
if (idle > 0) await openIdle();
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
    unshown.set(id, [...(unshown.get(id) ?? []), { inputs: from + ENTRIES, sentAt }]);
    await send('POST', path, token, body);
    acknowledged.push(performance.now() - sentAt);
    await pause(BATCH_EVERY_MS * (0.5 + Math.random()));
  }
}

function noteBoarded(id: string, inputs: number): void {
  const waiting = unshown.get(id) ?? [];
  for (let first = waiting[0]; first !== undefined && first.inputs <= inputs; first = waiting[0]) {
    boarded.push(performance.now() - first.sentAt);
    waiting.shift();
  }
}

if (learners > 0) await playAll();
if (idle > 0) await announceToIdle();
if (graded > 0) await gradeClass();
server.stop();
process.exit();

async function printMemory(when: string): Promise<void> {
  const { memoryMb } = usage();
  const { heapUsed, heapAlive, heapTotal, external } = await server.memory();
  const mb = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);
  console.log(
    `memory ${when}: ${memoryMb.toFixed(0)} MB resident; heap ${mb(heapUsed)} of ${mb(heapTotal)} MB, ${mb(heapAlive)} MB of it alive; ${mb(external)} MB outside it`,
  );
}

async function openIdle(): Promise<void> {
  const begin = performance.now();
  const quiet = await joinAll(idle, 'Idle');
  const joined = performance.now();
  await listeners.open(
    server.port,
    quiet.map(({ token }) => token),
  );
  const [joinS, openS] = [(joined - begin) / 1000, (performance.now() - joined) / 1000];
  console.log(
    `${listeners.listening} of ${idle} idle learners listen: joined in ${joinS.toFixed(0)} s, connected in ${openS.toFixed(0)} s`,
  );
  await printMemory('with them');
}

/** What it costs to keep them, and how long until the last of them has heard what is said to all. */
async function announceToIdle(): Promise<void> {
  const before = usage();
  await pause(QUIET_MS);
  const share = ((usage().cpuMs - before.cpuMs) / QUIET_MS) * 100;
  const [begin, spent] = [performance.now(), usage().cpuMs];
  await send('POST', '/board/messages', key, { body: { kind: 'announce', text: 'A break of ten minutes.' } });
  while (listeners.toldOf(1) < listeners.listening) await pause(5);
  const [took, cost] = [performance.now() - begin, usage().cpuMs - spent];
  console.log(
    `${listeners.listening} idle learners listen: ${share.toFixed(1)} % of a processor, ${listeners.heardAlive} have had a sign of life; ` +
      `an announcement reaches all of them in ${took.toFixed(0)} ms and costs ${cost} ms of a processor`,
  );
  await printMemory('with them, afterwards');
}

async function playAll(): Promise<void> {
  const before = usage();
  const begin = performance.now();
  await Promise.all(people.map((person) => play(person, begin + seconds * 1000)));
  const after = usage();
  await pause(500);
  const minutes = (performance.now() - begin) / 60_000;
  const processor = (((after.cpuMs - before.cpuMs) / (seconds * 1000)) * 100).toFixed(0);
  console.log(`${learners} learners for ${seconds} s${idle === 0 ? '' : `, ${listeners.listening} idle ones besides`}`);
  console.log(`batches acknowledged in ${percentiles(acknowledged)} (${acknowledged.length})`);
  console.log(`on the board in ${percentiles(boarded)}`);
  console.log(`server: ${processor} % of a processor, ${after.memoryMb.toFixed(0)} MB`);
  await printMemory('with them');
  console.log(`${(bytes / learners / minutes / 1024).toFixed(1)} KiB a learner and minute`);
}

/** A class hands in what solves an exercise, after ten minutes of work; then all of it is graded again. */
async function gradeClass(): Promise<void> {
  const card = board.benches.find(({ id }) => id === 'exercise/shared-page')!;
  const { entries, end } = solvedJournal('shared-page');
  const of = `/me/runs/${encodeURIComponent(card.id)}`;
  for (const { token } of await joinAll(graded, 'Pupil')) {
    await send('PUT', of, token, { runId: 'load', version: card.versions[0], options: {} });
    await send('POST', of, token, { runId: 'load', from: 0, entries, end });
  }
  for (const again of [false, true]) {
    const [begin, before] = [performance.now(), usage()];
    const { grading } = (await (await send('POST', '/board/grade', key, { again })).json()) as { grading: number };
    while ((await kept()) < grading * (again ? 2 : 1)) await pause(200);
    const took = (performance.now() - begin) / 1000;
    const cpu = (usage().cpuMs - before.cpuMs) / 1000;
    const rate = `${(grading / took).toFixed(1)} a second, ${(cpu / grading).toFixed(2)} s of a processor each`;
    console.log(
      `${grading} journals graded${again ? ' again' : ''} in ${took.toFixed(0)} s: ${rate}, ${usage().memoryMb.toFixed(0)} MB`,
    );
  }
}

/** How many gradings there are. */
async function kept(): Promise<number> {
  const text = await (await send('GET', '/board/export', key)).text();
  return text.split('\n').filter((line) => line.startsWith('{"table":"grade"')).length;
}

function percentiles(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? Number.NaN).toFixed(0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
