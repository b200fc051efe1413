import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { createCluster } from '../index.ts';

// `node engine/bench/boot.ts`: what it costs to boot a cluster, by CPU time: the first in a process, the twentieth, and one
// when all is compiled; of the last by whose code it is. Every test, every grading and a learner's first prompt pay it.
// CPU time is that of the thread that simulates (compilers and the collector run beside it on theirs).

const MACHINES = [1, 2, 3];
const RUNS = 3;
const WARM_FROM = 16;
const WARM_TO = 25;
const HOT_BOOTS = 30;
const BOOTS_UNTIL_HOT = 100;
const SAMPLE_EVERY_US = 100;
const MOST_PARTS = 24;
/** Folders whose code works for whoever called it: what they cost is their caller's. */
const SHARED = new Set(['sim', 'client', 'api', 'index.ts', 'bench']);

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

interface Figures {
  readonly firstMs: number;
  readonly warmMs: number;
  readonly events: number;
  readonly virtualMs: number;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function boot(machines: number) {
  const workers = Array.from({ length: machines - 1 }, () => ({}));
  const before = process.threadCpuUsage();
  const { sim } = createCluster({ seed: 'bench', workers });
  const { user, system } = process.threadCpuUsage(before);
  return { cpuMs: (user + system) / 1000, events: sim.steps, virtualMs: sim.nowMs };
}

/** In a process of its own, so that the first boot is the first. */
function measure(machines: number): Figures {
  const { cpuMs: firstMs, events, virtualMs } = boot(machines);
  const warm: number[] = [];
  for (let count = 2; count <= WARM_TO; count++) {
    const { cpuMs } = boot(machines);
    if (count >= WARM_FROM) warm.push(cpuMs);
  }
  return { firstMs, warmMs: median(warm), events, virtualMs };
}

/** CPU milliseconds a boot, by part, when all is compiled. */
function profile(machines: number): void {
  for (let count = 0; count < BOOTS_UNTIL_HOT; count++) boot(machines);
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
  session.post('Profiler.start');
  const boots = Array.from({ length: HOT_BOOTS }, () => boot(machines).cpuMs);
  session.post('Profiler.stop', (_, answer) => {
    const taken = answer.profile as Profile;
    const file = process.argv[4];
    if (file !== undefined) writeFileSync(file, JSON.stringify(taken));
    console.log(`\n${machines} machines, all compiled (median of ${HOT_BOOTS}): ${median(boots).toFixed(1)} ms`);
    const parts = sumUp(taken);
    const total = [...parts.values()].reduce((sum, value) => sum + value, 0);
    const meanMs = boots.reduce((sum, value) => sum + value, 0) / HOT_BOOTS;
    for (const [part, value] of [...parts].sort((a, b) => b[1] - a[1]).slice(0, MOST_PARTS)) {
      const share = value / total;
      console.log(
        `  ${part.padEnd(40)} ${(share * meanMs).toFixed(1).padStart(6)} ms ${(share * 100).toFixed(1).padStart(5)} %`,
      );
    }
  });
}

/** Samples by part: the innermost component on the stack that is at work. */
function sumUp({ nodes, samples = [], timeDeltas = [] }: Profile): ReadonlyMap<string, number> {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const partOf = (id: number | undefined): string => {
    const node = id === undefined ? undefined : byId.get(id);
    if (node === undefined) return 'the rest';
    if (node.callFrame.functionName === '(garbage collector)') return 'garbage collection';
    return componentOf(node.callFrame.url) ?? partOf(parents.get(node.id));
  };
  const parts = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const part = partOf(id);
    parts.set(part, (parts.get(part) ?? 0) + timeDeltas[index]!);
  }
  return parts;
}

/** The folder of the engine, and within the larger ones the folder of that. */
function componentOf(url: string): string | undefined {
  const [, folder, next, file] = /\/engine\/([^/]+)(?:\/([^/]+))?(\/.+)?$/.exec(url) ?? [];
  if (folder === undefined || SHARED.has(folder)) return undefined;
  return file === undefined ? folder : `${folder}/${next}`;
}

function inOwnProcess(...args: readonly string[]): Figures {
  const { stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, ...args], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Figures;
}

function report(): void {
  console.log('CPU ms a boot      first   20th   events  virtual s');
  for (const machines of MACHINES) {
    const runs = Array.from({ length: RUNS }, () => inOwnProcess('measure', String(machines)));
    const { events, virtualMs } = runs[0]!;
    const figures = [
      median(runs.map(({ firstMs }) => firstMs))
        .toFixed(0)
        .padStart(6),
      median(runs.map(({ warmMs }) => warmMs))
        .toFixed(0)
        .padStart(6),
      String(events).padStart(8),
      (virtualMs / 1000).toFixed(1).padStart(10),
    ];
    console.log(`${machines} machine${machines === 1 ? ' ' : 's'}        ${figures.join(' ')}`);
  }
}

const [mode, machines] = process.argv.slice(2);
if (mode === 'measure') console.log(JSON.stringify(measure(Number(machines))));
else if (mode === 'profile') profile(Number(machines ?? 3));
else {
  report();
  spawnSync(process.execPath, [import.meta.filename, 'profile'], { stdio: 'inherit' });
}
