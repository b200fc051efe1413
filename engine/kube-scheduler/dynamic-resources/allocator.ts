import type { DeviceClass, ResourceClaim, ResourceSlice } from '../../api/extension-kinds.ts';
import type { Node } from '../../api/kinds.ts';
import { CelCompileError, CelEvaluationError, type DeviceSelectors } from '../../cel/index.ts';
import { type Chosen, satisfies } from './constraints.ts';
import { Counters } from './counters.ts';
import { type Alternative, alternatives, configurationOf, requestsOf } from './device-requests.ts';
import { toleratesTaints } from './device-taints.ts';
import { nodeSelectorFor, type PlacedDevice, type Pool, Pools } from './pools.ts';

export type Allocation = NonNullable<NonNullable<ResourceClaim['status']>['allocation']>;

/** As many devices as the status of a claim has room for. */
const MAX_RESULTS = 32;
/** A search that takes longer is given up: the real scheduler stops after ten seconds. */
const MAX_STEPS = 100_000;

/** Something is wrong with a claim, a class or a pool. */
export class AllocationError extends Error {
  override readonly name = 'AllocationError';
  /** Whether another node may do. */
  readonly nodeOnly: boolean;

  constructor(message: string, nodeOnly = false) {
    super(message);
    this.nodeOnly = nodeOnly;
  }
}

export interface AllocatorSituation {
  readonly claims: readonly ResourceClaim[];
  readonly slices: readonly ResourceSlice[];
  readonly classOf: (name: string) => DeviceClass | undefined;
  /** Devices that claims have already, by `DRIVER/POOL/DEVICE`. */
  readonly taken: ReadonlySet<string>;
  readonly selectors: DeviceSelectors;
}

/**
 * Finds devices for claims on one node after another. After
 * `staging/src/k8s.io/dynamic-resource-allocation/structured/internal/stable/allocator_stable.go`.
 */
export class Allocator {
  readonly #situation: AllocatorSituation;
  readonly #pools: Pools;
  readonly #counters: Counters;

  constructor(situation: AllocatorSituation) {
    this.#situation = situation;
    this.#pools = new Pools(situation.slices);
    this.#counters = new Counters(situation.slices);
  }

  get claims(): readonly ResourceClaim[] {
    return this.#situation.claims;
  }

  /**
   * What each claim would get on the node; undefined when they cannot all be satisfied.
   *
   * @throws AllocationError
   */
  allocate(node: Node): readonly Allocation[] | undefined {
    const pools = this.#pools.on(node);
    const tasks = this.claims.flatMap((claim) => requestsOf(claim).map((request) => this.#task(claim, request, pools)));
    const search = new Search(this.#situation, this.#counters, pools, tasks);
    if (search.solve()) return this.claims.map((claim) => resultOf(claim, search.chosenFor(claim)));
    if (pools.some(({ isInvalid }) => isInvalid)) {
      throw new AllocationError('invalid resource pools were encountered', true);
    }
    return undefined;
  }

  #task(claim: ResourceClaim, request: ReturnType<typeof requestsOf>[number], pools: readonly Pool[]): Task {
    return { claim, ways: alternatives(request).map((asked) => this.#way(claim, asked, pools)) };
  }

  #way(claim: ResourceClaim, asked: Alternative, pools: readonly Pool[]): Way {
    const { classOf, selectors } = this.#situation;
    const about = `claim ${claim.metadata.namespace}/${claim.metadata.name}, request ${asked.ownName}`;
    const { deviceClassName: name } = asked;
    const deviceClass = classOf(name);
    if (deviceClass === undefined) {
      throw new AllocationError(
        `${about}: could not retrieve device class ${name}: deviceclass.resource.k8s.io "${name}" not found`,
      );
    }
    const known = new Map<PlacedDevice, boolean>();
    const fits = (placed: PlacedDevice): boolean => {
      let answer = known.get(placed);
      if (answer === undefined) {
        answer = isSelected(selectors, placed, claim, deviceClass, asked);
        known.set(placed, answer);
      }
      return answer;
    };
    const way = { asked, deviceClass, fits };
    return asked.allocationMode === 'All' ? { ...way, all: allDevices(about, pools, fits) } : way;
  }
}

/** One alternative of a request, and which devices it may have. */
interface Way {
  readonly asked: Alternative;
  readonly deviceClass: DeviceClass;
  readonly fits: (placed: PlacedDevice) => boolean;
  /** Of a request for all devices: these. */
  readonly all?: readonly PlacedDevice[];
}

interface Task {
  readonly claim: ResourceClaim;
  readonly ways: readonly Way[];
}

function allDevices(
  about: string,
  pools: readonly Pool[],
  fits: (placed: PlacedDevice) => boolean,
): readonly PlacedDevice[] {
  for (const { id, isIncomplete, isInvalid } of pools) {
    const asks = `${about}: asks for all devices, but resource pool ${id} is currently`;
    if (isIncomplete) throw new AllocationError(`${asks} being updated`);
    if (isInvalid) throw new AllocationError(`${asks} invalid`);
  }
  return pools.flatMap(({ devices }) => devices.filter(fits));
}

/** First the class is asked, then the request. */
function isSelected(
  selectors: DeviceSelectors,
  { driver, device }: PlacedDevice,
  { metadata }: ResourceClaim,
  deviceClass: DeviceClass,
  asked: Alternative,
): boolean {
  const rules = [
    { all: deviceClass.spec?.selectors, about: `class ${deviceClass.metadata.name}` },
    { all: asked.selectors, about: `claim ${metadata.namespace}/${metadata.name}` },
  ];
  for (const { all = [], about } of rules) {
    for (const [index, { cel }] of all.entries()) {
      try {
        if (!selectors.matches(cel?.expression ?? '', driver, device)) return false;
      } catch (error) {
        const where = `${about}: selector #${index}: CEL`;
        if (error instanceof CelCompileError) throw new AllocationError(`${where} compile error: ${error.message}`);
        if (error instanceof CelEvaluationError) throw new AllocationError(`${where} runtime error: ${error.message}`);
        throw error;
      }
    }
  }
  return toleratesTaints(device, asked);
}

interface Taken extends Chosen {
  readonly claim: ResourceClaim;
  readonly way: Way;
}

/** Tries one device after another for each request, and takes choices back that lead nowhere. */
class Search {
  readonly #situation: AllocatorSituation;
  readonly #counters: Counters;
  /** From pools that are not whole nothing is taken. */
  readonly #candidates: readonly PlacedDevice[];
  readonly #tasks: readonly Task[];
  readonly #taken: Taken[] = [];
  #steps = 0;

  constructor(situation: AllocatorSituation, counters: Counters, pools: readonly Pool[], tasks: readonly Task[]) {
    this.#situation = situation;
    this.#counters = counters;
    this.#candidates = pools.flatMap(({ isIncomplete, isInvalid, devices }) =>
      isIncomplete || isInvalid ? [] : devices,
    );
    this.#tasks = tasks;
  }

  chosenFor(claim: ResourceClaim): readonly Taken[] {
    return this.#taken.filter((each) => each.claim === claim);
  }

  solve(index = 0): boolean {
    const task = this.#tasks[index];
    if (task === undefined) return true;
    return task.ways.some((way) => {
      if (way.all === undefined) return this.#exactly(index, task, way, way.asked.count, 0);
      return way.all.length > 0 && this.#all(index, task, way, way.all);
    });
  }

  /** Devices are tried in order: one that was passed over is not tried again for the same request. */
  #exactly(index: number, task: Task, way: Way, left: number, from: number): boolean {
    if (left === 0) return this.solve(index + 1);
    const candidates = this.#candidates;
    for (let at = from; at < candidates.length; at++) {
      this.#count();
      const placed = candidates[at]!;
      if (!this.#take(task, way, placed)) continue;
      if (this.#exactly(index, task, way, left - 1, at + 1)) return true;
      this.#taken.pop();
    }
    return false;
  }

  #all(index: number, task: Task, way: Way, devices: readonly PlacedDevice[]): boolean {
    const before = this.#taken.length;
    if (devices.every((placed) => this.#take(task, way, placed)) && this.solve(index + 1)) return true;
    this.#taken.length = before;
    return false;
  }

  #take({ claim }: Task, way: Way, placed: PlacedDevice): boolean {
    const own = this.chosenFor(claim);
    if (own.length >= MAX_RESULTS || own.some((each) => each.placed.id === placed.id)) return false;
    const isAdmin = way.asked.adminAccess === true;
    if (!isAdmin && this.#isTaken(placed.id)) return false;
    const next = { claim, way, alternative: way.asked, placed };
    if (!way.fits(placed) || !satisfies(claim.spec?.devices?.constraints ?? [], own, next)) return false;
    if (!isAdmin && !this.#counters.suffice(placed, this.#takenIds())) return false;
    this.#taken.push(next);
    return true;
  }

  #isTaken(id: string): boolean {
    const isOurs = this.#taken.some(({ alternative, placed }) => placed.id === id && alternative.adminAccess !== true);
    return isOurs || this.#situation.taken.has(id);
  }

  *#takenIds(): Iterable<string> {
    yield* this.#situation.taken;
    for (const { alternative, placed } of this.#taken) if (alternative.adminAccess !== true) yield placed.id;
  }

  #count(): void {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) throw new AllocationError('timed out trying to allocate devices', true);
  }
}

function resultOf(claim: ResourceClaim, taken: readonly Taken[]): Allocation {
  const results = taken.map(({ alternative, placed }) => ({
    request: alternative.name,
    driver: placed.driver,
    pool: placed.pool,
    device: placed.device.name,
    ...(alternative.adminAccess === true && { adminAccess: true }),
    ...(alternative.tolerations !== undefined && { tolerations: alternative.tolerations }),
  }));
  const ways = new Map(taken.map(({ alternative, way }) => [alternative, way.deviceClass]));
  const chosen = Array.from(ways, ([alternative, deviceClass]) => ({ alternative, deviceClass }));
  const config = configurationOf(claim, chosen);
  const nodeSelector = nodeSelectorFor(taken.map(({ placed }) => placed.place));
  return {
    devices: { ...(results.length > 0 && { results }), ...(config.length > 0 && { config }) },
    ...(nodeSelector !== undefined && { nodeSelector }),
  };
}
