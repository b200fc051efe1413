/** What there is to be proportional to. */
export interface ClusterSize {
  readonly nodes: number;
  readonly cores: number;
  readonly schedulableNodes: number;
  readonly schedulableCores: number;
}

/** The ConfigMap says what cannot be gone by. */
export class ParametersError extends Error {
  override readonly name = 'ParametersError';
}

interface Linear {
  readonly coresPerReplica?: number;
  readonly nodesPerReplica?: number;
  readonly min?: number;
  readonly max?: number;
  readonly preventSinglePointFailure?: boolean;
  readonly includeUnschedulableNodes?: boolean;
}

type Steps = readonly (readonly [from: number, replicas: number])[];

interface Ladder {
  readonly coresToReplicas?: Steps;
  readonly nodesToReplicas?: Steps;
  readonly includeUnschedulableNodes?: boolean;
}

/**
 * How many replicas a cluster of this size wants, by the ConfigMap's key `linear` or `ladder`.
 * https://github.com/kubernetes-sigs/cluster-proportional-autoscaler#control-patterns-and-configmap-formats
 *
 * @throws ParametersError
 */
export function wantedReplicas(data: Readonly<Record<string, string>>, size: ClusterSize): number {
  const modes = Object.keys(data);
  if (modes.length !== 1)
    throw new ParametersError(`invalid configMap format, expected only one entry, got: ${modes.length}`);
  const [mode] = modes;
  if (mode === 'linear') return linear(read<Linear>(mode, data[mode]!), size);
  if (mode === 'ladder') return ladder(read<Ladder>(mode, data[mode]!), size);
  throw new ParametersError(`not a supported control mode: ${mode}`);
}

function read<T>(mode: string, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new ParametersError(`error parsing ${mode} params: could not parse parameters (${(error as Error).message})`);
  }
}

function linear(params: Linear, size: ClusterSize): number {
  const { coresPerReplica = 0, nodesPerReplica = 0, max = 0 } = params;
  if (coresPerReplica <= 0 && nodesPerReplica <= 0) {
    throw new ParametersError(
      'error parsing linear params: should at least provide either CoresPerReplica or NodesPerReplica (Greater than 0)',
    );
  }
  const { nodes, cores } = counted(params, size);
  const atLeast = params.preventSinglePointFailure === true && nodes > 1 ? 2 : 1;
  const min = Math.max(params.min ?? 1, atLeast);
  const needed = (amount: number, each: number) => {
    if (each <= 0) return 1;
    const replicas = Math.ceil(amount / each);
    return Math.max(min, max === 0 ? replicas : Math.min(max, replicas));
  };
  return Math.max(needed(cores, coresPerReplica), needed(nodes, nodesPerReplica));
}

function ladder(params: Ladder, size: ClusterSize): number {
  const { nodes, cores } = counted(params, size);
  return Math.max(step(params.coresToReplicas ?? [], cores), step(params.nodesToReplicas ?? [], nodes));
}

function step(steps: Steps, amount: number): number {
  const sorted = [...steps].sort(([left], [right]) => left - right);
  return (sorted.findLast(([from]) => from <= amount) ?? sorted[0])?.[1] ?? 1;
}

function counted({ includeUnschedulableNodes }: Linear | Ladder, size: ClusterSize) {
  return includeUnschedulableNodes === true
    ? { nodes: size.nodes, cores: size.cores }
    : { nodes: size.schedulableNodes, cores: size.schedulableCores };
}
