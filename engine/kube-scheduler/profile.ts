import type { ExtensionPoint, PluginPoints } from './config/plugin-points.ts';
import type { CycleState } from './cycle-state.ts';
import type { Plugin } from './framework.ts';
import type { FilterRunner } from './handle.ts';
import type { NodeInfo } from './node-info.ts';
import type { Nominator } from './nominator.ts';
import type { PodInfo } from './pod-info.ts';
import type { Rejection } from './rejection.ts';

/** What the PreFilter plugins found together. */
export type PreFilterResult =
  | { readonly rejection: Rejection; readonly plugin: string }
  /** `nodes` undefined: any node may do. `naming`: the plugins that limited it. */
  | { readonly nodes: ReadonlySet<string> | undefined; readonly naming: readonly string[] };

/** Why a node would not do: what the first filter to object says. */
export interface FirstRejection {
  readonly plugin: Plugin;
  readonly rejection: Rejection;
}

/** A plugin with a score and how much it counts. */
export interface Scorer {
  readonly plugin: Plugin;
  readonly weight: number;
}

/**
 * One way to schedule, under its own `schedulerName`: which plugins act at which extension point, in which order.
 * https://kubernetes.io/docs/reference/scheduling/config/#multiple-profiles, after `framework/runtime/framework.go`.
 */
export class Profile implements FilterRunner {
  readonly schedulerName: string;
  /** 0: adaptive. */
  readonly percentageOfNodesToScore: number;
  readonly #points: Readonly<Record<ExtensionPoint, readonly Plugin[]>>;
  readonly #weights: ReadonlyMap<string, number>;
  readonly #nominator: Nominator;

  constructor(
    options: { readonly schedulerName: string; readonly percentageOfNodesToScore: number },
    points: PluginPoints,
    plugins: ReadonlyMap<string, Plugin>,
    nominator: Nominator,
  ) {
    this.schedulerName = options.schedulerName;
    this.percentageOfNodesToScore = options.percentageOfNodesToScore;
    const named = (names: readonly { readonly name: string }[]) => names.map(({ name }) => plugins.get(name)!);
    this.#points = Object.fromEntries(
      Object.entries(points).map(([point, enabled]) => [point, named(enabled)]),
    ) as unknown as Record<ExtensionPoint, Plugin[]>;
    this.#weights = new Map(points.score.map(({ name, weight }) => [name, weight]));
    this.#nominator = nominator;
  }

  at(point: ExtensionPoint): readonly Plugin[] {
    return this.#points[point];
  }

  /** Every plugin that acts somewhere, by name. */
  get plugins(): ReadonlyMap<string, Plugin> {
    return new Map(
      Object.values(this.#points)
        .flat()
        .map((plugin) => [plugin.name, plugin]),
    );
  }

  preFilter(state: CycleState, info: PodInfo): PreFilterResult {
    let nodes: ReadonlySet<string> | undefined;
    const naming: string[] = [];
    for (const plugin of this.#points.preFilter) {
      const outcome = plugin.preFilter!(state, info);
      if (outcome === undefined) continue;
      if (outcome === 'Skip') state.skipFilter.add(plugin.name);
      else if ('reasons' in outcome) return { rejection: outcome, plugin: plugin.name };
      else {
        nodes = nodes === undefined ? outcome.nodes : nodes.intersection(outcome.nodes);
        naming.push(plugin.name);
      }
    }
    return { nodes, naming: naming.sort() };
  }

  /** The plugins to put each node before, in order: the first to reject it names the reason. */
  filters(state: CycleState): readonly Plugin[] {
    return this.#points.filter.filter(({ name }) => !state.skipFilter.has(name));
  }

  /**
   * Puts the node before the filters: first as if the Pods nominated for it (of the same priority or higher) were there
   * already, then as it is, since they may never come and the Pod may depend on those that are.
   */
  firstRejection(
    filters: readonly Plugin[],
    state: CycleState,
    info: PodInfo,
    node: NodeInfo,
  ): FirstRejection | undefined {
    const found = this.#nominator.isEmpty ? undefined : this.#rejectionToCome(filters, state, info, node);
    return found ?? runFilters(filters, state, info, node);
  }

  #rejectionToCome(filters: readonly Plugin[], state: CycleState, info: PodInfo, node: NodeInfo) {
    const nominated = this.#nominator.on(node.name).filter((each) => goesBefore(each, info));
    if (nominated.length === 0) return undefined;
    const futureState = state.clone();
    const future = node.clone();
    for (const other of nominated) {
      future.addPod(other);
      this.addPod(futureState, info, other, future);
    }
    return runFilters(filters, futureState, info, future);
  }

  addPod(state: CycleState, info: PodInfo, other: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#points.preFilter) {
      if (!state.skipFilter.has(plugin.name)) plugin.addPod?.(state, info, other, node);
    }
  }

  removePod(state: CycleState, info: PodInfo, other: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#points.preFilter) {
      if (!state.skipFilter.has(plugin.name)) plugin.removePod?.(state, info, other, node);
    }
  }

  preScore(state: CycleState, info: PodInfo, nodes: readonly NodeInfo[]): readonly Scorer[] {
    for (const plugin of this.#points.preScore) {
      if (plugin.preScore!(state, info, nodes) === 'Skip') state.skipScore.add(plugin.name);
    }
    return this.#points.score
      .filter(({ name }) => !state.skipScore.has(name))
      .map((plugin) => ({ plugin, weight: this.#weights.get(plugin.name) ?? 1 }));
  }

  /** Undefined when all plugins took note; else what was noted has been taken back. */
  reserve(state: CycleState, info: PodInfo, nodeName: string): { plugin: string; rejection: Rejection } | undefined {
    for (const plugin of this.#points.reserve) {
      const rejection = plugin.reserve?.(state, info, nodeName);
      if (rejection === undefined) continue;
      this.unreserve(state, info, nodeName);
      return { plugin: plugin.name, rejection };
    }
    return undefined;
  }

  /** In the reverse order of `reserve`. */
  unreserve(state: CycleState, info: PodInfo, nodeName: string): void {
    for (const plugin of this.#points.reserve.toReversed()) plugin.unreserve?.(state, info, nodeName);
  }
}

/** A nominated Pod claims its room against Pods of its own priority and below. */
function goesBefore(nominated: PodInfo, info: PodInfo): boolean {
  return nominated.priority >= info.priority && nominated.pod.metadata.uid !== info.pod.metadata.uid;
}

function runFilters(filters: readonly Plugin[], state: CycleState, info: PodInfo, node: NodeInfo) {
  for (const plugin of filters) {
    const rejection = plugin.filter!(state, info, node);
    if (rejection !== undefined) return { plugin, rejection };
  }
  return undefined;
}
