import type { Pod } from '../../api/kinds.ts';
import { type Task, waitFor } from '../../sim/index.ts';
import type { CycleState } from '../cycle-state.ts';
import type { HttpExtender } from '../extenders/http-extender.ts';
import type { PreemptionResult } from '../extenders/wire.ts';
import type { Handle } from '../handle.ts';
import type { PodInfo } from '../pod-info.ts';
import { type Victims, victimsOn } from './victims.ts';

/**
 * What is left of the candidates when all extenders that have a say in preemption have agreed, one after the other. Each may
 * strike nodes out and name other victims. After `framework/preemption/preemption.go` (callExtenders).
 */
export function* agreedVictims(
  { extenders, cache }: Handle,
  state: CycleState,
  pod: Pod,
  candidates: readonly Victims[],
): Task<readonly Victims[] | { readonly error: string }> {
  let agreed = candidates;
  for (const extender of extenders.all) {
    if (agreed.length === 0) break;
    const { preemptVerb: verb, ignorable } = extender.configuration;
    if (verb === '' || !extender.isInterested(pod)) continue;
    const proposals = agreed.map(({ node, pods, violations }) => ({
      nodeName: node.name,
      pods: pods.map((victim) => victim.pod),
      violations,
    }));
    const answer = yield* waitFor(extender.preempt(pod, proposals));
    const left = 'error' in answer ? answer : victimsOf(extender, answer.result, cache);
    if ('error' in left) {
      state.hear({ extender: extender.name, verb, error: left.error, ignored: ignorable });
      if (ignorable) continue;
      return left;
    }
    agreed = left;
    state.hear({ extender: extender.name, verb, nodes: agreed.map(({ node }) => node.name) });
  }
  return agreed;
}

function victimsOf(
  { name: extender, configuration }: HttpExtender,
  { NodeNameToMetaVictims = new Map() }: PreemptionResult,
  cache: Handle['cache'],
): readonly Victims[] | { readonly error: string } {
  const all: Victims[] = [];
  for (const [name, { Pods = [], NumPDBViolations = 0 }] of NodeNameToMetaVictims) {
    const node = cache.node(name);
    if (node === undefined) return { error: `nodeinfo not found for node name ${JSON.stringify(name)}` };
    const pods: PodInfo[] = [];
    for (const { UID = '' } of Pods) {
      const victim = node.pods.get(UID);
      if (victim === undefined) {
        const claim = `extender: ${extender} claims to preempt pod (UID: &{${UID}}) on node: ${name}`;
        return { error: `${claim}, but the pod is not found on that node` };
      }
      pods.push(victim);
    }
    if (pods.length > 0) all.push(victimsOn(node, pods, NumPDBViolations));
    else if (!configuration.ignorable) return { error: `expected at least one victim pod on node "${name}"` };
  }
  return all;
}
