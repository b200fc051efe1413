import type { Namespace } from '../../api/kinds.ts';
import { timestamp } from '../../api/timestamp.ts';

type Condition = NonNullable<NonNullable<Namespace['status']>['conditions']>[number];

/** What is left in a Namespace that is being emptied: counts by resource (`pods.`, `deployments.apps`), and by finalizer. */
export interface Remains {
  readonly resources: ReadonlyMap<string, number>;
  readonly finalizers: ReadonlyMap<string, number>;
  /** What the server refused, if anything. */
  readonly errors: readonly string[];
  /** Why the kinds that are served could not be found out. */
  readonly discoveryError: string | undefined;
}

/**
 * The conditions of a terminating Namespace, worded as `pkg/controller/namespace/deletion/status_condition_utils.go`
 * does. Returns the same array when nothing changed.
 */
export function namespaceConditions(current: readonly Condition[], remains: Remains, wallMs: number): Condition[] {
  const wanted = [
    remains.discoveryError !== undefined
      ? condition(
          'NamespaceDeletionDiscoveryFailure',
          `Discovery failed for some groups, 1 failing: ${remains.discoveryError}`,
          'DiscoveryFailed',
        )
      : condition(
          'NamespaceDeletionDiscoveryFailure',
          '',
          'ResourcesDiscovered',
          'All resources successfully discovered',
        ),
    condition(
      'NamespaceDeletionGroupVersionParsingFailure',
      '',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    remains.errors.length > 0
      ? condition(
          'NamespaceDeletionContentFailure',
          `Failed to delete all resource types, ${remains.errors.length} remaining: ${remains.errors.join(', ')}`,
          'ContentDeletionFailed',
        )
      : condition(
          'NamespaceDeletionContentFailure',
          '',
          'ContentDeleted',
          'All content successfully deleted, may be waiting on finalization',
        ),
    condition(
      'NamespaceContentRemaining',
      enumerate('Some resources are remaining: ', remains.resources, 'has'),
      remains.resources.size > 0 ? 'SomeResourcesRemain' : 'ContentRemoved',
      'All content successfully removed',
    ),
    condition(
      'NamespaceFinalizersRemaining',
      enumerate('Some content in the namespace has finalizers remaining: ', remains.finalizers, 'in'),
      remains.finalizers.size > 0 ? 'SomeFinalizersRemain' : 'ContentHasNoFinalizers',
      'All content-preserving finalizers finished',
    ),
  ];
  const isSame = wanted.every(({ type, status, reason, message }) =>
    current.some(
      (one) => one.type === type && one.status === status && one.reason === reason && one.message === message,
    ),
  );
  if (isSame) return current as Condition[];
  const now = timestamp(wallMs);
  return wanted.map((one) => {
    const before = current.find(({ type }) => type === one.type);
    return before?.status === one.status && before.message === one.message
      ? before
      : { ...one, lastTransitionTime: now };
  });
}

/** True with `trouble` as its message, or False with `allWell`. */
function condition(type: string, trouble: string, reason: string, allWell = ''): Condition {
  return trouble === ''
    ? { type, status: 'False', reason, message: allWell }
    : { type, status: 'True', reason, message: trouble };
}

function enumerate(prefix: string, counts: ReadonlyMap<string, number>, verb: string): string {
  if (counts.size === 0) return '';
  const parts = [...counts].map(([name, count]) => `${name} ${verb} ${count} resource instances`);
  return prefix + parts.sort().join(', ');
}
