import { labelSelectorOf } from '../../api/label-selector.ts';
import { controllerOf, type KubeObject } from '../../api/object.ts';
import type { Invocation } from '../invocation.ts';
import { listPods } from '../pods-of.ts';

/** `1 Running / 0 Waiting / 0 Succeeded / 0 Failed`: the Pods that an object controls. */
export function podsStatus(invocation: Invocation, { metadata }: KubeObject, selector: object): string {
  const phases = new Map<string, number>();
  for (const pod of listPods(invocation, labelSelectorOf(selector).toString(), metadata.namespace)) {
    if (controllerOf(pod)?.uid !== metadata.uid) continue;
    const phase = pod.status?.phase ?? 'Pending';
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
  }
  const count = (phase: string) => phases.get(phase) ?? 0;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}
