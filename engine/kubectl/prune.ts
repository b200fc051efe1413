import { CommandError } from './command-error.ts';
import type { ApiResource } from './discovery.ts';
import type { FlagSpec } from './flag.ts';
import type { Invocation } from './invocation.ts';
import { LAST_APPLIED } from './last-applied.ts';
import { klogLine } from './request-log.ts';
import { type Found, foundObject } from './resource-finder.ts';

// What was applied before and stands in no manifest any more.
// https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#alternative-kubectl-apply-f-directory-prune

export const PRUNE_FLAGS: readonly FlagSpec[] = [
  { name: 'prune', type: 'bool', help: 'Objects that were applied before and are in no manifest any more go' },
  { name: 'prune-allowlist', type: 'stringArray', help: 'Which kinds may go: group/version/kind, several times' },
];

/** The kinds that may go unless `--prune-allowlist` names others. */
const DEFAULT_KINDS = [
  ...[
    'core/v1/ConfigMap',
    'core/v1/Endpoints',
    'core/v1/Namespace',
    'core/v1/PersistentVolumeClaim',
    'core/v1/PersistentVolume',
    'core/v1/Pod',
    'core/v1/ReplicationController',
    'core/v1/Secret',
    'core/v1/Service',
  ],
  ...['batch/v1/Job', 'batch/v1/CronJob', 'networking.k8s.io/v1/Ingress'],
  ...['apps/v1/DaemonSet', 'apps/v1/Deployment', 'apps/v1/ReplicaSet', 'apps/v1/StatefulSet'],
];

interface GroupVersionKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What `--prune` is to look at; undefined without it. */
export type PruneKinds = readonly ApiResource[];

/**
 * The resources that `--prune` is about, those in namespaces first.
 * @throws CommandError for a list that cannot be read or names what is not served
 */
export function pruneKinds(invocation: Invocation): PruneKinds | undefined {
  const { flags } = invocation;
  if (!flags.bool('prune')) return undefined;
  const wanted = flags.list('prune-allowlist').map(readKind);
  const kinds = wanted.length > 0 ? wanted : DEFAULT_KINDS.map(readKind);
  const resources = kinds.map(({ apiVersion, kind }) => {
    const resource = invocation.discovery.forKind(apiVersion, kind);
    if (resource === undefined)
      throw new CommandError(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
    return resource;
  });
  return [...resources.filter(({ namespaced }) => namespaced), ...resources.filter(({ namespaced }) => !namespaced)];
}

function readKind(text: string): GroupVersionKind {
  const parts = text.split('/');
  if (parts.length !== 3)
    throw new CommandError(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
  const [group = '', version = '', kind = ''] = parts;
  return { apiVersion: group === 'core' ? version : `${group}/${version}`, kind };
}

/**
 * What has been applied once and was not this time.
 * @param applied the objects of this run, by uid
 * @param namespaces where they are: only there it is looked
 */
export function findPruned(
  invocation: Invocation,
  kinds: PruneKinds,
  applied: ReadonlySet<string>,
  namespaces: ReadonlySet<string>,
): readonly Found[] {
  if (invocation.flags.list('prune-allowlist').length === 0) {
    const warning =
      'Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the ' +
      '--namespace flag in a future release. To preserve the current behaviour, list the resources you want to target ' +
      'explicitly in the --prune-allowlist flag.';
    invocation.streams.err(klogLine(invocation.process, 'prune.go:71', warning, 'W'));
  }
  const labelSelector = invocation.flags.string('selector');
  const options = labelSelector === '' ? {} : { labelSelector };
  const wasApplied = ({ object }: Found) =>
    object.metadata.annotations?.[LAST_APPLIED] !== undefined && !applied.has(object.metadata.uid);
  const search = (resource: ApiResource, scope: { readonly namespace?: string }) =>
    invocation
      .list(resource, { ...scope, ...options })
      .map((object) => foundObject(resource, object))
      .filter(wasApplied);
  return [
    ...[...namespaces].flatMap((namespace) =>
      kinds.filter(({ namespaced }) => namespaced).flatMap((resource) => search(resource, { namespace })),
    ),
    ...kinds.filter(({ namespaced }) => !namespaced).flatMap((resource) => search(resource, {})),
  ];
}
