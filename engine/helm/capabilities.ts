import { RESOURCES } from '../api/resources.ts';
import { isStatus } from '../kubectl/command-error.ts';
import { apiVersionOf } from '../kubectl/discovery.ts';
import { stringAt } from '../kubectl/unstructured.ts';
import type { Task } from '../sim/index.ts';
import type { Capabilities } from './chart/built-in-objects.ts';
import type { HelmRun } from './run.ts';

/** What templates are told of a cluster that nobody asks. */
export function usualCapabilities(kubeVersion: string, more: readonly string[] = []): Capabilities {
  const usual = RESOURCES.flatMap((resource) => [apiVersionOf(resource), `${apiVersionOf(resource)}/${resource.kind}`]);
  return { kubeVersion, apiVersions: new Set([...usual, ...more]) };
}

/** What the cluster says of itself. */
export function* clusterCapabilities(run: HelmRun): Task<Capabilities> {
  const { cluster } = run;
  return yield* cluster.patiently(() => {
    const { body } = cluster.client.request({ method: 'GET', path: '/version' });
    const apiVersions = cluster.discovery
      .groupVersions()
      .flatMap((version) => [
        version,
        ...cluster.discovery.resourcesOf(version).map(({ kind }) => `${version}/${kind}`),
      ]);
    return { kubeVersion: stringAt(body, 'gitVersion'), apiVersions: new Set(apiVersions) };
  });
}

/** `lookup` of templates: an object, or without a name a list. */
export function lookupIn(run: HelmRun) {
  return (apiVersion: string, kind: string, namespace: string, name: string): unknown => {
    const { cluster } = run;
    const resource = cluster.discovery.forKind(apiVersion, kind);
    if (resource === undefined) return {};
    const scope = namespace === '' ? {} : { namespace };
    if (name === '') return cluster.of(resource).list(scope);
    try {
      return cluster.of(resource).get(name, resource.namespaced ? namespace || run.namespace : undefined);
    } catch (error) {
      if (isStatus(error, 'NotFound')) return {};
      throw error;
    }
  };
}
