import type { Random, Task } from '../../sim/index.ts';
import { clusterCapabilities, lookupIn, usualCapabilities } from '../capabilities.ts';
import type { Capabilities } from '../chart/built-in-objects.ts';
import type { Chart } from '../chart/chart.ts';
import { type ReleaseOptions, renderChart } from '../chart/render.ts';
import { enabledChart } from '../chart/values.ts';
import type { Dictionary } from '../functions/arguments.ts';
import { HELM_VERSION, type HelmRun } from '../run.ts';
import { type SortedManifests, sortManifests } from './manifests.ts';

/** A chart with values, and what release it is to be. */
export interface Preparation {
  readonly chart: Chart;
  readonly values: Dictionary;
  readonly release: ReleaseOptions;
  /** Undefined to ask the cluster. */
  readonly capabilities?: Capabilities;
}

/** Renders a chart and tells its manifests from its hooks and notes. @throws HelmError */
export function* prepare(run: HelmRun, { chart, values, release, capabilities }: Preparation): Task<SortedManifests> {
  const random: Random = yield* run.random();
  const known = capabilities ?? (yield* clusterCapabilities(run));
  const enabled = enabledChart(chart, values);
  const render = () =>
    renderChart(enabled, values, {
      release,
      random,
      capabilities: known,
      helmVersion: HELM_VERSION,
      nowMs: run.process.now(),
      lookup: capabilities === undefined ? lookupIn(run) : () => ({}),
    });
  const rendered = capabilities === undefined ? yield* run.cluster.patiently(render) : render();
  return sortManifests(rendered, chart.metadata.name);
}

/**
 * What `helm template` and `helm lint` know of a cluster.
 *
 * @param apiVersions that it has beside the usual ones
 */
export function offlineCapabilities(run: HelmRun, apiVersions: readonly string[] = []): Capabilities {
  const kubeVersion = run.flags.string('kube-version');
  const version = kubeVersion === '' ? run.options.kubeVersion : `v${kubeVersion.replace(/^v/, '')}`;
  return usualCapabilities(version, apiVersions);
}
