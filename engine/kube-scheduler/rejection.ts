/** Why a node (or any node) will not do. Plugins share constant ones: a cycle may make thousands. */
export interface Rejection {
  readonly reasons: readonly string[];
  /** False when removing other Pods from the node could not help (`UnschedulableAndUnresolvable`). */
  readonly resolvable: boolean;
}

/** A rejection that other Pods' leaving may undo. */
export function unschedulable(...reasons: readonly string[]): Rejection {
  return { reasons, resolvable: true };
}

/** A rejection that no preemption can help. */
export function unresolvable(...reasons: readonly string[]): Rejection {
  return { reasons, resolvable: false };
}
