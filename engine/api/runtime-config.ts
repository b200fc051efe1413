import type { KindDescriptor } from './descriptor.ts';
import { type FeatureGate, type FeatureGates, readSwitches } from './feature-gates.ts';
import type { KubeObject } from './object.ts';
import { podGroup } from './scheduling/pod-group.ts';
import { workload } from './scheduling/workload.ts';

/** A kind that is served when both its version and its feature are turned on. */
interface AlphaKind {
  readonly kind: KindDescriptor;
  readonly gate: FeatureGate;
}

function alpha<T extends KubeObject>(kind: KindDescriptor<T>, gate: FeatureGate): AlphaKind {
  return { kind: kind as unknown as KindDescriptor, gate };
}

const ALPHA_KINDS: readonly AlphaKind[] = [alpha(podGroup, 'GenericWorkload'), alpha(workload, 'GenericWorkload')];

/** Those that stand for many versions, from the most general to the most special: a later one counts. */
const ALL = ['api/all', 'api/alpha'];

/**
 * The kinds that `--runtime-config` and `--feature-gates` add to those that every server serves.
 * https://kubernetes.io/docs/reference/using-api/#enabling-or-disabling
 *
 * @throws Error for a version of which nothing is known; versions that are on by default cannot be turned off here.
 */
export function alphaKinds(runtimeConfig: string | undefined, gates: FeatureGates): readonly KindDescriptor[] {
  const switches = new Map(readSwitches(runtimeConfig ?? '').map(([name, on = true]) => [name, on]));
  const versions = new Set(ALPHA_KINDS.map(({ kind }) => versionOf(kind)));
  for (const name of switches.keys()) {
    if (!ALL.includes(name) && !versions.has(name)) throw new Error(`unknown api groups ${name.split('/')[0]}`);
  }
  const isOn = (version: string): boolean => [...ALL, version].reduce((on, name) => switches.get(name) ?? on, false);
  return ALPHA_KINDS.filter(({ kind, gate }) => gates.has(gate) && isOn(versionOf(kind))).map(({ kind }) => kind);
}

function versionOf({ group, version }: KindDescriptor): string {
  return `${group}/${version}`;
}
