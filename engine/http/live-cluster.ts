import type { ApiRequest, ApiResponse } from '../api/request.ts';
import { DESCRIPTIONS } from '../api/schema/generated/descriptions.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { createCluster } from '../cluster/create.ts';
import type { ClusterInput } from '../cluster/input.ts';
import type { SessionListener } from '../cluster/sessions.ts';
import { replay } from '../worker/index.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import type { ClusterDoor } from './cluster-door.ts';
import { makeKeys, readKeys } from './cluster-keys.ts';
import { RealTimeDriver } from './real-time-driver.ts';
import { type KeptState, StateFile, type StateHeader } from './state-file.ts';

export interface LiveClusterOptions {
  readonly speed: number;
  /** Those of a kept cluster win over these. */
  readonly nodes: number | undefined;
  /** How many machines have a control plane; one unless told. */
  readonly controlPlanes?: number | undefined;
  /** How many GPUs each worker has, in their order; none where it ends. */
  readonly gpus?: readonly number[] | undefined;
  /** Whether there is a driver that makes volumes, and a default StorageClass. */
  readonly storage?: boolean;
  readonly seed: string | undefined;
  readonly stateFile: string | undefined;
  /** Told of a bug that stopped the clock. */
  readonly failed: (error: unknown) => void;
}

/** How long before the present a new cluster's clock begins: more than it takes to come up. */
const HEAD_START_MS = 60_000;
/** How often the clock is noted in the state file, in real milliseconds. */
const MARK_MS = 5000;

/** A cluster whose time passes with the real one, and what it needs to outlive its process. */
export class LiveCluster implements ClusterDoor {
  readonly cluster: Cluster;
  /** How many inputs were brought back from the state file. */
  readonly restored: number;
  readonly #header: StateHeader;
  readonly #driver: RealTimeDriver;
  readonly #stateFile: StateFile | undefined;
  readonly #marks: NodeJS.Timeout | undefined;
  #markedStep = -1;

  /** @throws Error for a state file that cannot be read or is another cluster's. */
  constructor(options: LiveClusterOptions) {
    const { file, kept } =
      options.stateFile === undefined ? { file: undefined, kept: undefined } : StateFile.open(options.stateFile);
    if (kept !== undefined) checkSame(options, kept.header);
    const header = kept?.header ?? newHeader(options);
    this.#header = header;
    this.cluster = boot(header, kept);
    this.restored = kept?.entries.length ?? 0;
    this.#stateFile = file;
    if (file !== undefined) {
      if (kept === undefined) file.begin(header, options.stateFile!);
      this.cluster.sim.journal.onEntry((entry) => file.append(entry));
      this.#marks = setInterval(() => this.#mark(), MARK_MS).unref();
    }
    this.#driver = new RealTimeDriver(this.cluster.sim, options.speed, options.failed);
    for (const session of openSessions(kept)) this.cluster.submit({ kind: 'session.close', session });
  }

  /** What the cluster's CA signs for a server under these names and addresses, and for its first user. */
  certificates(hosts: readonly string[]): Certificates {
    return makeCertificates(this.cluster.options.keys!.authority, this.#header.epochMs, hosts);
  }

  /** What the cluster's clocks show, in milliseconds since 1970. */
  wallMs(): number {
    this.#driver.catchUp();
    return this.cluster.sim.wallMs;
  }

  start(): void {
    this.#driver.start();
  }

  stop(): void {
    this.#driver.stop();
    clearInterval(this.#marks);
    this.#mark();
    this.#stateFile?.close();
  }

  read(request: ApiRequest): ApiResponse {
    this.#driver.catchUp();
    return this.cluster.read(request);
  }

  submit(input: ClusterInput): unknown {
    this.#driver.catchUp();
    try {
      return this.cluster.submit(input);
    } finally {
      this.#driver.wake();
    }
  }

  get inputs(): number {
    return this.cluster.journal.length;
  }

  kept(): Promise<void> | undefined {
    return this.#stateFile?.synced();
  }

  newSessionName(): string {
    // Opening a session makes the journal longer.
    return `session-${this.inputs}`;
  }

  onSession(listener: SessionListener): () => void {
    return this.cluster.onSession(listener);
  }

  #mark(): void {
    const { nowMs, steps } = this.cluster.sim;
    if (this.#stateFile === undefined || steps === this.#markedStep) return;
    this.#markedStep = steps;
    this.#stateFile.mark({ timeMs: nowMs, step: steps });
  }
}

function newHeader({ seed, nodes, controlPlanes, gpus, storage }: LiveClusterOptions): StateHeader {
  return {
    format: 'drydock-journal/2',
    seed: seed ?? 'drydock',
    epochMs: Date.now() - HEAD_START_MS,
    keys: makeKeys(),
    nodes: nodes ?? Math.max(2, gpus?.length ?? 0),
    ...(controlPlanes !== undefined && { controlPlanes }),
    ...(gpus !== undefined && { gpus }),
    ...(storage === true && { storage }),
  };
}

function checkSame(asked: LiveClusterOptions, header: StateHeader): void {
  const { seed, nodes, controlPlanes, gpus, storage, stateFile } = asked;
  if (seed !== undefined && seed !== header.seed) {
    throw new Error(`${stateFile} holds a cluster with seed "${header.seed}", not "${seed}"`);
  }
  if (nodes !== undefined && nodes !== header.nodes) {
    throw new Error(`${stateFile} holds a cluster of ${header.nodes} nodes, not ${nodes}`);
  }
  if (controlPlanes !== undefined && controlPlanes !== (header.controlPlanes ?? 1)) {
    throw new Error(
      `${stateFile} holds a cluster with ${header.controlPlanes ?? 1} control planes, not ${controlPlanes}`,
    );
  }
  if (storage === true && header.storage !== true) {
    throw new Error(`${stateFile} holds a cluster without storage`);
  }
  if (gpus !== undefined && gpus.join() !== header.gpus?.join()) {
    throw new Error(`${stateFile} holds a cluster with ${header.gpus?.join() ?? 'no'} GPUs, not ${gpus.join()}`);
  }
}

function boot(header: StateHeader, kept: KeptState | undefined): Cluster {
  const { seed, epochMs, nodes, controlPlanes = 1, gpus = [], storage = false } = header;
  const workers = Array.from({ length: nodes }, (_, index) => ({ gpus: gpus[index] ?? 0 }));
  const cluster = createCluster({
    seed,
    epochMs,
    keys: readKeys(header.keys),
    workers,
    controlPlanes,
    storage,
    descriptions: DESCRIPTIONS,
  });
  if (kept !== undefined) {
    const slices = replay(cluster, kept.entries, kept.end);
    while (slices.next().done !== true) {
      // Each turn runs a slice.
    }
  } else {
    const { sim } = cluster;
    sim.runFor(Math.max(0, Date.now() - sim.wallMs));
  }
  return cluster;
}

/** Sessions whose clients went away with the process. */
function openSessions(kept: KeptState | undefined): Iterable<string> {
  const open = new Set<string>();
  for (const { input } of kept?.entries ?? []) {
    if (input.kind === 'session.open') open.add(input['session'] as string);
    if (input.kind === 'session.close') open.delete(input['session'] as string);
  }
  return open;
}
