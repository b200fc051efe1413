import { sameValue } from '../api/copy-on-write.ts';
import type { Condition } from './kinds.ts';

/** What is found out about an object, before it is known since when. */
export type Finding = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

export function holds(type: string, reason: string, message: string): Finding {
  return { type, status: 'True', reason, message };
}

export function fails(type: string, reason: string, message: string): Finding {
  return { type, status: 'False', reason, message };
}

/** Conditions as they are written: those whose status stays keep their time. */
export function conditionsOf(
  findings: readonly Finding[],
  before: readonly Condition[] | undefined,
  about: { readonly generation: number; readonly now: string },
): readonly Condition[] {
  return findings.map((finding) => {
    const old = before?.find(({ type }) => type === finding.type);
    const lastTransitionTime = old?.status === finding.status ? old.lastTransitionTime! : about.now;
    const condition = { ...finding, observedGeneration: about.generation, lastTransitionTime };
    return old !== undefined && sameValue(old, condition) ? old : condition;
  });
}
