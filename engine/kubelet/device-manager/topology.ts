import { parse } from 'yaml';
import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';

// Which NUMA node's devices a container is given.
// https://kubernetes.io/docs/tasks/administer-cluster/topology-manager/

const CONFIGURATION = '/var/lib/kubelet/config.yaml';
const POLICIES = ['none', 'best-effort', 'restricted', 'single-numa-node'] as const;

export type TopologyPolicy = (typeof POLICIES)[number];

/** Where a resource could come from: a set of NUMA nodes, and whether there is no smaller one that would do. */
export interface TopologyHint {
  readonly nodes: ReadonlySet<number>;
  readonly preferred: boolean;
}

/** What all resources of a container agree on; without nodes it does not matter where. */
export interface Affinity {
  readonly nodes: ReadonlySet<number> | undefined;
  readonly preferred: boolean;
}

/**
 * `topologyManagerPolicy` of the kubelet's configuration file. With what is none of the policies the real kubelet does not
 * start; here it is as if nothing had been said.
 */
export function topologyPolicy(root: Process): TopologyPolicy {
  let wanted: unknown;
  try {
    const file = parse(decode(root.readFile(CONFIGURATION)), { maxAliasCount: 0 }) as Record<string, unknown> | null;
    wanted = file?.['topologyManagerPolicy'];
  } catch (error) {
    if (!(error instanceof Errno || error instanceof SyntaxError || (error as Error).name === 'YAMLParseError'))
      throw error;
  }
  return POLICIES.find((policy) => policy === wanted) ?? 'none';
}

/**
 * The hints for a number of devices, after `pkg/kubelet/cm/devicemanager/topology_hints.go`.
 *
 * @param all the NUMA nodes that each device is near to, by device
 * @param available those that can be given
 * @returns undefined when the devices say nothing about where they are
 */
export function hintsFor(
  all: ReadonlyMap<string, readonly number[]>,
  available: ReadonlySet<string>,
  count: number,
): readonly TopologyHint[] | undefined {
  const nodes = [...new Set([...all.values()].flat())].sort((a, b) => a - b);
  if (nodes.length === 0) return undefined;
  const within = (set: ReadonlySet<number>, some: Iterable<string>): number =>
    [...some].filter((device) => all.get(device)?.some((node) => set.has(node)) === true).length;
  const sets = subsets(nodes);
  // What would do if nobody else had anything decides what is small.
  const least = Math.min(...sets.filter((set) => within(set, all.keys()) >= count).map(({ size }) => size));
  return sets
    .filter((set) => within(set, available) >= count)
    .map((set) => ({ nodes: set, preferred: set.size === least }));
}

/**
 * What the hints of several resources come to, and whether the policy lets the container in.
 * After `pkg/kubelet/cm/topologymanager/policy*.go`.
 */
export function mergeHints(
  policy: TopologyPolicy,
  byResource: readonly (readonly TopologyHint[] | undefined)[],
): { readonly affinity: Affinity; readonly admit: boolean } {
  const anywhere: Affinity = { nodes: undefined, preferred: true };
  if (policy === 'none') return { affinity: anywhere, admit: true };
  const lists = byResource
    .filter((hints) => hints !== undefined)
    .map((hints) => (policy === 'single-numa-node' ? hints.filter(({ nodes }) => nodes.size === 1) : hints));
  if (lists.length === 0) return { affinity: anywhere, admit: true };
  let best: TopologyHint | undefined;
  for (const merged of combinations(lists)) if (best === undefined || isBetter(merged, best)) best = merged;
  const affinity: Affinity = best ?? { nodes: undefined, preferred: false };
  return { affinity, admit: policy === 'best-effort' || affinity.preferred };
}

function isBetter(a: TopologyHint, b: TopologyHint): boolean {
  return a.preferred === b.preferred ? a.nodes.size < b.nodes.size : a.preferred;
}

/** One hint of each list, and the nodes that they share; those that share none lead nowhere. */
function* combinations(
  lists: readonly (readonly TopologyHint[])[],
  sofar: TopologyHint | undefined = undefined,
): Generator<TopologyHint> {
  const [first, ...rest] = lists;
  if (first === undefined) {
    if (sofar !== undefined) yield sofar;
    return;
  }
  for (const hint of first) {
    const nodes = sofar === undefined ? hint.nodes : new Set([...hint.nodes].filter((node) => sofar.nodes.has(node)));
    if (nodes.size === 0) continue;
    yield* combinations(rest, { nodes, preferred: hint.preferred && sofar?.preferred !== false });
  }
}

/** All sets of some of these but the empty one, the smaller first. The kubelet allows for eight NUMA nodes. */
function subsets(nodes: readonly number[]): readonly ReadonlySet<number>[] {
  const some = nodes.slice(0, 8);
  const sets = Array.from({ length: 2 ** some.length - 1 }, (_, index) => {
    return new Set(some.filter((__, at) => (((index + 1) >> at) & 1) === 1));
  });
  return sets.sort((a, b) => a.size - b.size);
}
