import { isObject, stringAt } from '../../kubectl/unstructured.ts';
import { ManifestError, readManifest } from '../../kubectl/yaml/yaml-reader.ts';
import { HelmError } from '../helm-error.ts';
import { HOOK_EVENTS, type Hook, type HookEvent, NEVER_RUN } from './release.ts';

/** In which order objects are made; what is not named comes last, by its kind. After helm/helm pkg/releaseutil/kind_sorter.go. */
const INSTALL_ORDER =
  `PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget ServiceAccount Secret
  SecretList ConfigMap StorageClass PersistentVolume PersistentVolumeClaim CustomResourceDefinition ClusterRole ClusterRoleList
  ClusterRoleBinding ClusterRoleBindingList Role RoleList RoleBinding RoleBindingList Service DaemonSet Pod ReplicationController
  ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService`.split(/\s+/);

/** The other way round, but that nobody is led to what goes. */
const UNINSTALL_ORDER = [
  ...['APIService', 'Ingress', 'IngressClass', 'Service'],
  ...[...INSTALL_ORDER]
    .reverse()
    .filter((kind) => !['APIService', 'Ingress', 'IngressClass', 'Service'].includes(kind)),
];

const HOOK = 'helm.sh/hook';

/** One document of a rendered file. */
export interface Manifest {
  readonly path: string;
  readonly text: string;
  readonly object: Readonly<Record<string, unknown>>;
}

export interface SortedManifests {
  /** In the order of installation. */
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Hook[];
  /** NOTES.txt of the chart itself. */
  readonly notes: string;
}

/** Tells the documents of rendered files from hooks and notes. @throws HelmError for what is no YAML */
export function sortManifests(rendered: ReadonlyMap<string, string>, chartName: string): SortedManifests {
  const documents = [...rendered.keys()]
    .filter((path) => !path.endsWith('NOTES.txt'))
    .sort()
    .flatMap((path) => documentsOf(path, rendered.get(path)!));
  const isHook = ({ object }: Manifest) => stringAt(object, 'metadata', 'annotations', HOOK) !== '';
  return {
    manifests: byKind(documents.filter((one) => !isHook(one))),
    hooks: byKind(documents.filter(isHook)).map(hookOf),
    notes: rendered.get(`${chartName}/templates/NOTES.txt`) ?? '',
  };
}

function documentsOf(path: string, text: string): readonly Manifest[] {
  return splitManifest(text)
    .map((one) => {
      const object = parsed(path, one);
      return { path, text: one, object };
    })
    .filter(({ object }) => Object.keys(object).length > 0);
}

/** The documents of a text, without empty ones. */
function splitManifest(text: string): readonly string[] {
  return text
    .split(/(?:^|\s*\n)---\s*/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function parsed(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value = readManifest(text);
    if (value === null || isObject(value)) return value ?? {};
    const type = Array.isArray(value) ? 'array' : typeof value;
    throw new HelmError(
      `YAML parse error on ${path}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into Go value of type releaseutil.SimpleHead`,
    );
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new HelmError(`YAML parse error on ${path}: ${error.message}`);
  }
}

function byKind<T extends Manifest>(manifests: readonly T[]): readonly T[] {
  return ordered(manifests, INSTALL_ORDER);
}

/** The order in which objects are deleted. */
export function forRemoval<T extends { readonly object: unknown }>(manifests: readonly T[]): readonly T[] {
  return ordered(manifests, UNINSTALL_ORDER);
}

function ordered<T extends { readonly object: unknown }>(
  manifests: readonly T[],
  order: readonly string[],
): readonly T[] {
  const rank = (one: T) => {
    const index = order.indexOf(stringAt(one.object, 'kind'));
    return index < 0 ? order.length : index;
  };
  const kind = (one: T) => stringAt(one.object, 'kind');
  return [...manifests].sort((a, b) => {
    const difference = rank(a) - rank(b);
    if (difference !== 0 || rank(a) < order.length || kind(a) === kind(b)) return difference;
    return kind(a) < kind(b) ? -1 : 1;
  });
}

function hookOf({ path, text, object }: Manifest): Hook {
  const annotation = (name: string) => stringAt(object, 'metadata', 'annotations', name);
  const listed = (name: string) =>
    annotation(name)
      .split(',')
      .map((one) => one.trim().toLowerCase())
      .filter((one) => one !== '');
  const events = listed(HOOK).map((one) => (one === 'test-success' ? 'test' : one));
  const policies = listed('helm.sh/hook-delete-policy');
  const weight = Number(annotation('helm.sh/hook-weight')) || 0;
  return {
    name: stringAt(object, 'metadata', 'name'),
    kind: stringAt(object, 'kind'),
    path,
    manifest: text,
    events: events.filter((event): event is HookEvent => HOOK_EVENTS.includes(event as HookEvent)),
    last_run: NEVER_RUN,
    ...(weight === 0 ? {} : { weight }),
    ...(policies.length === 0 ? {} : { delete_policies: policies }),
  };
}

/** The text that a release keeps: each document behind where it comes from. */
export function manifestText(manifests: readonly Manifest[]): string {
  return manifests.map(({ path, text }) => `---\n# Source: ${path}\n${text}\n`).join('');
}

/** The objects of a kept text. */
export function objectsIn(manifest: string): readonly { readonly object: Readonly<Record<string, unknown>> }[] {
  return splitManifest(manifest).map((text) => ({ object: parsed('', text) }));
}
