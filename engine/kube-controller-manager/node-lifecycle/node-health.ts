import { readyCondition } from '../../api/core/ready.ts';
import type { Lease, Node, NodeCondition } from '../../api/kinds.ts';
import { timestamp } from '../../api/timestamp.ts';

/** Without a sign of life for this long a node counts as lost (`--node-monitor-grace-period`; 40 s until 1.31). */
const GRACE_PERIOD_MS = 50_000;
/** What a node has that never reported (`--node-startup-grace-period`). */
const STARTUP_GRACE_PERIOD_MS = 60_000;

/** What a kubelet reports on. */
const CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

export function readyStatus(node: Node): string | undefined {
  return readyCondition(node)?.status;
}

/**
 * When a node last gave a sign of life. Judged by our own clock at each change of its Lease or status, never by the
 * times written there: clocks differ.
 * https://kubernetes.io/docs/concepts/architecture/nodes/#node-heartbeats
 */
export class Heartbeat {
  #lease: string | null | undefined;
  #status: string | null | undefined;
  #seenMs: number;

  constructor(nowMs: number) {
    this.#seenMs = nowMs;
  }

  observe(node: Node, lease: Lease | undefined, nowMs: number): void {
    const heartbeat = readyCondition(node)?.lastHeartbeatTime;
    const renewal = lease?.spec?.renewTime;
    if (heartbeat === this.#status && renewal === this.#lease) return;
    this.#status = heartbeat;
    this.#lease = renewal;
    this.#seenMs = nowMs;
  }

  isLost(node: Node, nowMs: number): boolean {
    const graceMs = readyStatus(node) === undefined ? STARTUP_GRACE_PERIOD_MS : GRACE_PERIOD_MS;
    return nowMs > this.#seenMs + graceMs;
  }
}

/** The conditions of a lost node: nobody knows. Returns the same array when they say so already. */
export function lostConditions(node: Node, wallMs: number): NodeCondition[] {
  const current = node.status?.conditions ?? [];
  const now = timestamp(wallMs);
  const lost = CONDITIONS.map((type): NodeCondition => {
    const known = current.find((condition) => condition.type === type);
    if (known?.status === 'Unknown') return known;
    const never = { reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' };
    const stopped = { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
    return {
      type,
      status: 'Unknown',
      ...(known === undefined ? never : stopped),
      lastHeartbeatTime: known?.lastHeartbeatTime ?? node.metadata.creationTimestamp,
      lastTransitionTime: now,
    };
  });
  if (lost.every((condition) => current.includes(condition))) return current;
  return [...current.filter(({ type }) => !CONDITIONS.includes(type)), ...lost];
}
