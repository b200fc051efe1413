/**
 * The feature gates that mean something here, all of them off unless asked for. MaxUnavailableStatefulSet is beta and was
 * on in 1.35.0; 1.35.4 and 1.36 have it off (https://github.com/kubernetes/kubernetes/pull/137904).
 * https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
 */
export type FeatureGate = 'GenericWorkload' | 'GangScheduling' | 'MaxUnavailableStatefulSet';

/** Those that are on. */
export type FeatureGates = ReadonlySet<FeatureGate>;

export const NO_FEATURES: FeatureGates = new Set();

/** Each gate with those without which it may not be on. */
const DEPENDENCIES: Readonly<Record<FeatureGate, readonly FeatureGate[]>> = {
  GenericWorkload: [],
  GangScheduling: ['GenericWorkload'],
  MaxUnavailableStatefulSet: [],
};

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  t: true,
  T: true,
  1: true,
  false: false,
  False: false,
  FALSE: false,
  f: false,
  F: false,
  0: false,
};

/** What `--feature-gates=A=true,B=false` turns on. @throws Error for nonsense, in the words of the real command. */
export function readFeatureGates(text: string | undefined): FeatureGates {
  if (text === undefined) return NO_FEATURES;
  const on = new Set<FeatureGate>();
  const refuse = (problem: string) => new Error(`invalid argument "${text}" for "--feature-gates" flag: ${problem}`);
  for (const [gate, enabled] of readSwitches(text)) {
    if (enabled === undefined) throw refuse(`missing bool value for ${gate}`);
    if (!isFeatureGate(gate)) throw refuse(`unrecognized feature gate: ${gate}`);
    if (enabled) on.add(gate);
    else on.delete(gate);
  }
  for (const gate of on) {
    const missing = DEPENDENCIES[gate].filter((needed) => !on.has(needed));
    if (missing.length === 0) continue;
    throw new Error(`${gate} is enabled, but depends on features that are disabled: [${missing.join(' ')}]`);
  }
  return on;
}

/**
 * The items of `a=true,b`, where the value of `b` is not told.
 *
 * @throws Error for a value that is none.
 */
export function readSwitches(text: string): readonly (readonly [name: string, on: boolean | undefined])[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const at = item.indexOf('=');
      if (at < 0) return [item, undefined];
      const name = item.slice(0, at).trim();
      const value = item.slice(at + 1).trim();
      if (Object.hasOwn(BOOLEANS, value)) return [name, BOOLEANS[value]];
      throw new Error(`invalid value of ${name}=${value}, err: strconv.ParseBool: parsing "${value}": invalid syntax`);
    });
}

function isFeatureGate(name: string): name is FeatureGate {
  return Object.hasOwn(DEPENDENCIES, name);
}
