import type { HorizontalPodAutoscaler } from '../../api/kinds.ts';

// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior, after
// pkg/controller/podautoscaler/horizontal.go (normalizeDesiredReplicasWithBehaviors).

type Behavior = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']>;
export type Rules = NonNullable<Behavior['scaleUp']>;

/** `--horizontal-pod-autoscaler-downscale-stabilization` */
const DOWNSCALE_STABILIZATION_SECONDS = 300;

/** What the API fills in for those who say something of the behaviour. */
const DEFAULT_UP: Rules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DEFAULT_DOWN: Rules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

export function rulesOf(behavior: Behavior | undefined): { readonly up: Rules; readonly down: Rules } {
  const stabilizationWindowSeconds = DOWNSCALE_STABILIZATION_SECONDS;
  return {
    up: { ...DEFAULT_UP, ...behavior?.scaleUp },
    down: { ...DEFAULT_DOWN, stabilizationWindowSeconds, ...behavior?.scaleDown },
  };
}

/** A change of size, or a recommendation, in the past. */
export interface Past {
  readonly atMs: number;
  readonly replicas: number;
}

/** A condition in short. */
export interface Note {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/**
 * The recommendation tempered by earlier ones: no fewer than the highest within the window for shrinking, no more than
 * the lowest within the window for growing.
 */
export function stabilized(
  desired: number,
  current: number,
  earlier: readonly Past[],
  { up, down, isRuled }: Pick<Bounds, 'up' | 'down' | 'isRuled'>,
  nowMs: number,
): { readonly replicas: number; readonly note: Note } {
  const within = ({ stabilizationWindowSeconds = 0 }: Rules) =>
    earlier.filter(({ atMs }) => atMs > nowMs - stabilizationWindowSeconds * 1_000).map(({ replicas }) => replicas);
  const lowest = Math.min(desired, ...within(up));
  const highest = Math.max(desired, ...within(down));
  // Who says nothing of the behaviour gets the highest, wherever the size has been put meanwhile.
  const replicas = isRuled ? Math.min(Math.max(current, lowest), highest) : highest;
  if (replicas === desired) {
    return { replicas, note: able('ReadyForNewScale', 'recommended size matches current size') };
  }
  const note =
    replicas > desired
      ? able(
          'ScaleDownStabilized',
          'recent recommendations were higher than current one, applying the highest recent recommendation',
        )
      : able(
          'ScaleUpStabilized',
          'recent recommendations were lower than current one, applying the lowest recent recommendation',
        );
  return { replicas, note };
}

function able(reason: string, message: string): Note {
  return { status: 'True', reason, message };
}

export interface Bounds {
  readonly current: number;
  readonly min: number;
  readonly max: number;
  readonly up: Rules;
  readonly down: Rules;
  /** Earlier changes of size: positive grew, negative shrank. */
  readonly changes: readonly Past[];
  readonly nowMs: number;
  /** Whether the autoscaler has a `behavior`. */
  readonly isRuled: boolean;
}

/** The size that the policies and the bounds allow at this moment. */
export function limited(desired: number, bounds: Bounds): { readonly replicas: number; readonly note: Note } {
  const { current, min, max } = bounds;
  if (desired > current) {
    const rate = Math.max(current, growthLimit(bounds));
    const allowed = Math.min(max, rate);
    if (desired > allowed) {
      return max <= rate
        ? limit(allowed, 'TooManyReplicas', 'the desired replica count is more than the maximum replica count')
        : limit(allowed, 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate');
    }
  } else if (desired < current) {
    const rate = Math.min(current, shrinkingLimit(bounds));
    const allowed = Math.max(min, rate);
    if (desired < allowed) {
      return min >= rate
        ? limit(allowed, 'TooFewReplicas', 'the desired replica count is less than the minimum replica count')
        : limit(
            allowed,
            'ScaleDownLimit',
            'the desired replica count is decreasing faster than the maximum scale rate',
          );
    }
  }
  const message = 'the desired count is within the acceptable range';
  return { replicas: desired, note: { status: 'False', reason: 'DesiredWithinRange', message } };
}

function limit(replicas: number, reason: string, message: string) {
  return { replicas, note: { status: 'True' as const, reason, message } };
}

function growthLimit({ current, up, changes, nowMs, isRuled }: Bounds): number {
  // Who says nothing of the behaviour has the limit of old: double, or four.
  if (!isRuled) return Math.max(2 * current, 4);
  if (up.selectPolicy === 'Disabled') return current;
  const limits = (up.policies ?? []).map(({ type, value, periodSeconds }) => {
    const start = current - changedWithin(changes, periodSeconds, nowMs);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return up.selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

function shrinkingLimit({ current, down, changes, nowMs, isRuled }: Bounds): number {
  if (!isRuled) return 0;
  if (down.selectPolicy === 'Disabled') return current;
  const limits = (down.policies ?? []).map(({ type, value, periodSeconds }) => {
    const start = current - changedWithin(changes, periodSeconds, nowMs);
    return type === 'Pods' ? start - value : Math.floor(start * (1 - value / 100));
  });
  // The policy that changes most lets the fewest stay.
  return down.selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}

function changedWithin(changes: readonly Past[], periodSeconds: number, nowMs: number): number {
  return changes
    .filter(({ atMs }) => atMs > nowMs - periodSeconds * 1_000)
    .reduce((sum, { replicas }) => sum + replicas, 0);
}
