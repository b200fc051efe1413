import type { Pod } from '../../api/kinds.ts';
import { type Task, type Wait, waitFor } from '../../sim/index.ts';
import type { CycleState } from '../cycle-state.ts';
import { MAX_SCORE } from '../framework.ts';
import { NodeInfo } from '../node-info.ts';
import type { PluginScores } from '../plugin-scores.ts';
import type { RejectedNodes } from '../rejected-nodes.ts';
import { type Rejection, unresolvable, unschedulable } from '../rejection.ts';
import type { Answer, HttpExtender } from './http-extender.ts';
import type { FilterResult, HostPriorityList } from './wire.ts';

/** What extenders go by in the set of plugins that rejected a Pod: anything that happens may change their mind. */
export const EXTENDERS = 'Extender';

const MAX_EXTENDER_PRIORITY = 10;
/** What one point of an extender is in points of a plugin. */
const SCALE = MAX_SCORE / MAX_EXTENDER_PRIORITY;

const UNEXPLAINED = unresolvable();

/**
 * Servers that have a say after the plugins. In each cycle they are asked in turn which of the remaining nodes they let
 * pass, all at once how they like them, and one of them may do the binding. One that can be ignored is left out when it
 * fails. https://kubernetes.io/docs/concepts/extend-kubernetes/#scheduling-extensions, after `schedule_one.go`.
 */
export class Extenders {
  /** Those that can be ignored come last. */
  readonly all: readonly HttpExtender[];

  constructor(all: readonly HttpExtender[]) {
    this.all = [
      ...all.filter(({ configuration }) => !configuration.ignorable),
      ...all.filter(({ configuration }) => configuration.ignorable),
    ];
  }

  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  /** Whether any of them strikes nodes out or compares them. */
  get wantSeveral(): boolean {
    return this.all.some(({ configuration }) => configuration.filterVerb !== '' || configuration.prioritizeVerb !== '');
  }

  /**
   * The nodes that all let pass.
   *
   * @param rejected what they say of the others is added here
   * @param nodeOf a node of the cluster by its name
   */
  *filter(
    state: CycleState,
    pod: Pod,
    nodes: readonly NodeInfo[],
    rejected: RejectedNodes,
    nodeOf: (name: string) => NodeInfo | undefined,
  ): Task<readonly NodeInfo[] | { readonly error: string }> {
    let left = nodes;
    for (const extender of this.all) {
      if (left.length === 0) break;
      const { filterVerb: verb, ignorable } = extender.configuration;
      if (verb === '' || !extender.isInterested(pod)) continue;
      const answer = yield* waitFor(extender.filter(pod, left));
      const passed = 'error' in answer ? answer : passing(extender, answer.result, left);
      if ('error' in passed) {
        state.hear({ extender: extender.name, verb, error: passed.error, ignored: ignorable });
        if (ignorable) continue;
        return passed;
      }
      const { result } = answer as { readonly result: FilterResult };
      noteRejections(extender.name, result, left, passed.nodes, rejected, nodeOf);
      left = passed.nodes;
      state.hear({ extender: extender.name, verb, nodes: left.map(({ name }) => name) });
    }
    return left;
  }

  /** @param totals the extenders' points are added here. One that fails gives none. */
  *prioritize(
    state: CycleState,
    pod: Pod,
    nodes: readonly NodeInfo[],
    totals: Float64Array,
  ): Task<readonly PluginScores[]> {
    const asked = this.all.filter((each) => each.configuration.prioritizeVerb !== '' && each.isInterested(pod));
    if (asked.length === 0) return [];
    const answers = yield* waitFor(together(asked.map((extender) => extender.prioritize(pod, nodes))));
    const places = new Map(nodes.map(({ name }, place) => [name, place]));
    return answers.flatMap((answer, i) => {
      const { name: extender, configuration } = asked[i]!;
      const { prioritizeVerb: verb, weight } = configuration;
      if ('error' in answer) {
        state.hear({ extender, verb, error: answer.error, ignored: true });
        return [];
      }
      const scores = answer.result.map(({ Host: host = '', Score: score = 0 }) => ({ host, score }));
      state.hear({ extender, verb, scores });
      const raw = new Float64Array(nodes.length);
      for (const { host, score } of scores) {
        const place = places.get(host);
        if (place === undefined) continue;
        raw[place]! += score;
        totals[place]! += points(score, weight);
      }
      return [{ plugin: extender, weight, raw, normalized: raw.map((score) => score * SCALE) }];
    });
  }

  /** Whether an extender has taken the binding on, and how it went. */
  *bind(state: CycleState, pod: Pod, nodeName: string): Task<{ readonly error?: string } | undefined> {
    for (const extender of this.all) {
      const { bindVerb: verb, ignorable } = extender.configuration;
      if (verb === '' || !extender.isInterested(pod)) continue;
      const answer = yield* waitFor(extender.bind(pod, nodeName));
      const error = 'error' in answer ? answer.error : answer.result.Error;
      if (error === undefined || error === '') {
        state.hear({ extender: extender.name, verb, nodes: [nodeName] });
        return {};
      }
      state.hear({ extender: extender.name, verb, error, ignored: ignorable });
      if (!ignorable) return { error };
    }
    return undefined;
  }
}

/**
 * (Kubernetes 1.36 takes whole nodes in an answer for what they are, even ones that it did not ask about, and scores them as
 * if they were empty: kubernetes/kubernetes#141781. Here they stand for their names, as in an answer of names.)
 */
function passing(
  { name, configuration }: HttpExtender,
  { Error: error = '', NodeNames, Nodes }: FilterResult,
  asked: readonly NodeInfo[],
): { readonly nodes: readonly NodeInfo[] } | { readonly error: string } {
  if (error !== '') return { error };
  const known = new Map(asked.map((node) => [node.name, node]));
  const named =
    configuration.nodeCacheCapable && NodeNames !== undefined
      ? NodeNames
      : (Nodes?.items ?? []).map(({ metadata }) => metadata?.name ?? '');
  const nodes: NodeInfo[] = [];
  for (const each of named) {
    const node = known.get(each);
    if (node === undefined) {
      const [extender, stranger] = [name, each].map((text) => JSON.stringify(text));
      const claim = `extender ${extender} claims a filtered node ${stranger}`;
      return { error: `${claim} which is not found in the input node list` };
    }
    nodes.push(node);
  }
  return { nodes };
}

/** Every reason counts, even of a node that was not asked about or that there is none of; and a node may go without any. */
function noteRejections(
  extender: string,
  { FailedNodes, FailedAndUnresolvableNodes }: FilterResult,
  asked: readonly NodeInfo[],
  passed: readonly NodeInfo[],
  { nodes, rejections, rejectors }: RejectedNodes,
  nodeOf: (name: string) => NodeInfo | undefined,
): void {
  const failed = new Map<string, Rejection>();
  for (const [name, reason] of FailedNodes ?? []) failed.set(name, unschedulable(reason));
  for (const [name, reason] of FailedAndUnresolvableNodes ?? []) failed.set(name, unresolvable(reason));
  const through = new Set(passed);
  for (const node of asked) {
    if (!through.has(node) && !failed.has(node.name)) failed.set(node.name, UNEXPLAINED);
  }
  if (failed.size === 0) return;
  const places = new Map(nodes.map(({ name }, place) => [name, place]));
  for (const [name, rejection] of failed) {
    const place = places.get(name) ?? nodes.length;
    const node = nodeOf(name);
    nodes[place] = node ?? new NodeInfo(name, 0);
    // Nobody can make room on a node that does not exist.
    rejections[place] = node === undefined ? unresolvable(...rejection.reasons) : rejection;
    rejectors[place] ??= extender;
  }
}

/** In 64 bits, as Go multiplies: who claims more than fits gets something else. */
function points(score: number, weight: number): number {
  const product = score * weight * SCALE;
  if (Number.isSafeInteger(product)) return product;
  return Number(BigInt.asIntN(64, BigInt(score) * BigInt(weight) * BigInt(SCALE)));
}

/** Asks all at once, and goes on when the last has answered. */
function together(waits: readonly Wait<Answer<HostPriorityList>>[]): Wait<readonly Answer<HostPriorityList>[]> {
  return {
    start: (resume) => {
      const answers: Answer<HostPriorityList>[] = [];
      let open = waits.length;
      const callOffs = waits.map((wait, i) =>
        wait.start((answer) => {
          answers[i] = answer;
          open -= 1;
          if (open === 0) resume(answers);
        }),
      );
      return () => {
        for (const callOff of callOffs) callOff();
      };
    },
  };
}
