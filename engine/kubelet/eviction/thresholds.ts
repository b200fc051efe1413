import { numericValue, quantityOf } from '../../api/quantity.ts';
import type { Observations, Signal } from './signals.ts';

/** `evictionHard`, `evictionSoft` of the kubelet's configuration. */
export interface EvictionOptions {
  /** A quantity, or a share of the capacity (`10%`), by signal. */
  readonly hard?: Readonly<Partial<Record<Signal, string>>>;
  readonly soft?: Readonly<Partial<Record<Signal, string>>>;
  /** How long a soft threshold must be met before anything happens. */
  readonly softGracePeriodMs?: number;
  /** The longest grace period of Pods that are evicted for a soft threshold. */
  readonly maxPodGracePeriodSeconds?: number;
  /** How long a condition stays after the pressure has gone; five minutes unless told. */
  readonly pressureTransitionPeriodMs?: number;
}

export interface Threshold {
  readonly signal: Signal;
  readonly value: string;
  readonly hard: boolean;
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds */
export const DEFAULT_HARD: Readonly<Partial<Record<Signal, string>>> = {
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'imagefs.available': '15%',
  'nodefs.inodesFree': '5%',
};

export function thresholdsOf({ hard = DEFAULT_HARD, soft = {} }: EvictionOptions): readonly Threshold[] {
  const list = (values: Readonly<Partial<Record<Signal, string>>>, isHard: boolean): Threshold[] =>
    Object.entries(values).map(([signal, value]) => ({ signal: signal as Signal, value, hard: isHard }));
  // What is hard comes first.
  return [...list(hard, true), ...list(soft, false)];
}

/** The amount below which the threshold is met. */
function limitOf({ value }: Threshold, capacity: number): number {
  return value.endsWith('%') ? (capacity * Number(value.slice(0, -1))) / 100 : numericValue(value);
}

export function isMet(threshold: Threshold, observations: Observations): boolean {
  const observed = observations.get(threshold.signal);
  return observed !== undefined && observed.available < limitOf(threshold, observed.capacity);
}

/** `Threshold quantity: 100Mi, available: 87152Ki. ` */
export function thresholdText(threshold: Threshold, observations: Observations): string {
  const { available, capacity } = observations.get(threshold.signal)!;
  return `Threshold quantity: ${amountText(limitOf(threshold, capacity))}, available: ${amountText(available)}. `;
}

/** Bytes in the largest unit that leaves nothing over, at least Ki. */
export function amountText(bytes: number): string {
  const whole = Math.floor(bytes);
  return quantityOf(whole < 1024 ? whole : Math.floor(whole / 1024) * 1024, 'BinarySI');
}
