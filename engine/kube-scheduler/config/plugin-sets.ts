import { type FeatureGates, NO_FEATURES } from '../../api/feature-gates.ts';
import { defaultPlugins } from './default-plugins.ts';
import { type EnabledPlugin, EXTENSION_POINTS, type ExtensionPoint, type PluginPoints } from './plugin-points.ts';

/** A plugin set of the file: what to add or weigh anew, and what to leave out (`*` for all defaults). */
interface PluginSet {
  readonly enabled?: readonly { readonly name: string; readonly weight?: number }[];
  readonly disabled?: readonly { readonly name: string }[];
}

export type PluginSets = Readonly<Partial<Record<ExtensionPoint | 'multiPoint', PluginSet>>>;

/**
 * Which plugins act where: those of `multiPoint` (the defaults, changed by the file) act wherever they can, unless they are
 * disabled at a point or enabled there explicitly; the explicit ones that also are in `multiPoint` go first.
 * A plugin is listed at points where it has nothing to say; whoever has the plugins at hand leaves it out.
 * https://kubernetes.io/docs/reference/scheduling/config/#multipoint
 */
export function pluginPoints(sets: PluginSets, gates: FeatureGates = NO_FEATURES): PluginPoints {
  const everywhere = merged(defaultPlugins(gates), sets.multiPoint);
  return Object.fromEntries(
    EXTENSION_POINTS.map((point) => [point, atPoint(everywhere, sets[point])]),
  ) as unknown as PluginPoints;
}

function merged(defaults: readonly EnabledPlugin[], { enabled = [], disabled = [] }: PluginSet = {}): EnabledPlugin[] {
  const isDisabled = namesOf(disabled);
  const kept = isDisabled.has('*') ? [] : defaults.filter(({ name }) => !isDisabled.has(name));
  const custom = enabled.map(weighed);
  // One that is weighed anew keeps its place.
  const replaced = kept.map((plugin) => custom.find(({ name }) => name === plugin.name) ?? plugin);
  const isKept = namesOf(kept);
  return [...replaced, ...custom.filter(({ name }) => !isKept.has(name))];
}

function atPoint(
  everywhere: readonly EnabledPlugin[],
  { enabled = [], disabled = [] }: PluginSet = {},
): EnabledPlugin[] {
  const isDisabled = namesOf(disabled);
  const explicit = enabled.map(weighed);
  const isExplicit = namesOf(explicit);
  const isEverywhere = namesOf(everywhere);
  const rest = isDisabled.has('*')
    ? []
    : everywhere.filter(({ name }) => !isDisabled.has(name) && !isExplicit.has(name));
  return [
    ...explicit.filter(({ name }) => isEverywhere.has(name)),
    ...rest,
    ...explicit.filter(({ name }) => !isEverywhere.has(name)),
  ];
}

function namesOf(plugins: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(plugins.map(({ name }) => name));
}

function weighed({ name, weight }: { readonly name: string; readonly weight?: number }): EnabledPlugin {
  return { name, weight: weight || 1 };
}
