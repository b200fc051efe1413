import { hasEnded } from '../../api/core/pod-phase.ts';
import type { Node, Pod } from '../../api/kinds.ts';
import { controllerOf } from '../../api/object.ts';
import { pods } from '../../api/resources.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isStatus, throwCollected } from '../command-error.ts';
import { DRY_RUN_FLAG, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { collectTask } from '../resource-finder.ts';
import { waitUntilGone } from '../wait-deletion.ts';
import { markNode, selectNodes } from './node-scheduling.ts';

const MIRROR = 'kubernetes.io/config.mirror';

export const drain: Command = {
  name: 'drain',
  summary: 'Drain node in preparation for maintenance',
  section: 'Cluster Management Commands',
  usage: 'drain NODE',
  examples: ['kubectl drain node-1 --ignore-daemonsets'],
  operand: 'node',
  flags: [
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    { name: 'chunk-size', type: 'int', default: '500', help: 'Objects to fetch at a time', hidden: true },
    {
      name: 'skip-wait-for-delete-timeout',
      type: 'int',
      default: '0',
      help: 'Do not wait for Pods that have been ending for longer than these seconds',
    },
    { name: 'force', type: 'bool', help: 'Go on although there are Pods that nobody would make again' },
    { name: 'ignore-daemonsets', type: 'bool', help: 'Leave Pods of DaemonSets where they are' },
    { name: 'delete-emptydir-data', type: 'bool', help: 'Go on although emptyDir volumes will be lost' },
    { name: 'disable-eviction', type: 'bool', help: 'Delete Pods, past any disruption budget' },
    {
      name: 'grace-period',
      type: 'int',
      default: '-1',
      help: "Seconds that each Pod gets to end; negative means the Pod's own",
    },
    { name: 'timeout', type: 'duration', default: '0s', help: 'How long to wait; 0 means as long as it takes' },
    { name: 'pod-selector', type: 'string', help: 'Only Pods whose labels match' },
  ],
  *run(invocation) {
    // Unlike cordon this one looks up what a node is.
    invocation.discovery.require('nodes');
    for (const node of selectNodes(invocation, 'drain')) {
      yield* invocation.patiently(() => markNode(invocation, node, true));
      yield* emptyNode(invocation, node);
      invocation.streams.out(`node/${node.metadata.name} drained${invocation.dryRunSuffix}\n`);
    }
    return 0;
  },
};

function* emptyNode(invocation: Invocation, node: Node): Task<void> {
  const { streams, flags } = invocation;
  const { name } = node.metadata;
  const labelSelector = flags.string('pod-selector');
  const onNode = invocation.list(pods, {
    fieldSelector: `spec.nodeName=${name}`,
    ...(labelSelector === '' ? {} : { labelSelector }),
  }) as unknown as readonly Pod[];
  const judged = onNode.map((pod) => ({ pod, verdict: judge(invocation, pod) }));
  const refused = groupReasons(judged, 'refuse');
  if (refused.length > 0) {
    throw new CommandError(
      `unable to drain node ${JSON.stringify(name)} due to error: ${refused.length === 1 ? refused[0] : `[${refused.join(', ')}]`}, continuing command...\n` +
        `There are pending nodes to be drained:\n ${name}\n${refused.join('\n')}`,
    );
  }
  const warnings = groupReasons(judged, 'warn');
  if (warnings.length > 0) streams.err(`Warning: ${warnings.join('; ')}\n`);
  const leaving = judged.filter(({ verdict }) => verdict.leaves).map(({ pod }) => pod);
  if (invocation.dryRun !== 'none') return;
  const timeoutMs = flags.duration('timeout');
  const deadlineMs = timeoutMs > 0 ? invocation.now() + timeoutMs : Number.POSITIVE_INFINITY;
  const evicts =
    !flags.bool('disable-eviction') && invocation.discovery.require('pods').subresources.includes('eviction');
  for (const pod of leaving) {
    streams.err(`${evicts ? 'evicting' : 'deleting'} pod ${pod.metadata.namespace}/${pod.metadata.name}\n`);
    yield* remove(invocation, pod, evicts, deadlineMs);
  }
  const errors: Error[] = [];
  for (const pod of leaving) yield* collectTask(errors, confirm(invocation, pod, evicts, deadlineMs));
  throwCollected(errors);
}

interface Verdict {
  readonly leaves: boolean;
  readonly refuse?: string;
  readonly warn?: string;
}

/** What is to happen to a Pod. After kubernetes/kubectl pkg/drain/filters.go. */
function judge({ flags }: Invocation, pod: Pod): Verdict {
  const { metadata, spec } = pod;
  if (metadata.annotations?.[MIRROR] !== undefined) return { leaves: false };
  const ended = hasEnded(pod);
  const owner = controllerOf(pod);
  if (owner?.kind === 'DaemonSet' && !ended) {
    return flags.bool('ignore-daemonsets')
      ? { leaves: false, warn: 'ignoring DaemonSet-managed Pods' }
      : { leaves: false, refuse: 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
  }
  if (ended) return { leaves: true };
  if (spec.volumes?.some(({ emptyDir }) => emptyDir !== undefined) && !flags.bool('delete-emptydir-data')) {
    return { leaves: false, refuse: 'cannot delete Pods with local storage (use --delete-emptydir-data to override)' };
  }
  if (owner === undefined) {
    return flags.bool('force')
      ? { leaves: true, warn: 'deleting Pods that declare no controller' }
      : { leaves: false, refuse: 'cannot delete Pods that declare no controller (use --force to override)' };
  }
  return { leaves: true };
}

function groupReasons(
  judged: readonly { readonly pod: Pod; readonly verdict: Verdict }[],
  kind: 'refuse' | 'warn',
): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { pod, verdict } of judged) {
    const reason = verdict[kind];
    if (reason === undefined) continue;
    groups.set(reason, [...(groups.get(reason) ?? []), `${pod.metadata.namespace}/${pod.metadata.name}`]);
  }
  return [...groups].map(([reason, names]) => `${reason}: ${names.join(', ')}`);
}

/** Evicts, waiting while a disruption budget says no; or deletes where there is no eviction. */
function* remove(invocation: Invocation, { metadata }: Pod, evicts: boolean, deadlineMs: number): Task<void> {
  const { name, namespace } = metadata;
  const grace = invocation.flags.int('grace-period');
  const deleteOptions = grace < 0 ? {} : { gracePeriodSeconds: grace };
  for (;;) {
    try {
      if (evicts) {
        const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions };
        const path = invocation.path(pods, namespace, name, 'eviction');
        yield* invocation.patiently(() => invocation.client.request({ method: 'POST', path, body }));
      } else {
        yield* invocation.patiently(() => invocation.of(pods).delete(name, namespace, deleteOptions));
      }
      return;
    } catch (error) {
      if (isStatus(error, 'NotFound')) return;
      if (!isStatus(error, 'TooManyRequests') || invocation.now() >= deadlineMs) throw error;
      invocation.streams.err(
        `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)} (will retry after 5s): ${(error as Error).message}\n`,
      );
      yield* invocation.streams.flush();
      yield* invocation.process.sleep(5000);
      invocation.streams.err(`evicting pod ${namespace}/${name}\n`);
    }
  }
}

function* confirm(invocation: Invocation, { metadata }: Pod, evicted: boolean, deadlineMs: number): Task<void> {
  const { name, namespace, uid } = metadata;
  yield* waitUntilGone(
    invocation,
    { resource: invocation.discovery.require('pods'), namespace, name },
    uid,
    deadlineMs,
  );
  invocation.streams.out(`pod/${name} ${evicted ? 'evicted' : 'deleted'}\n`);
}
