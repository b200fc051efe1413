import { hasEnded } from '../../api/core/pod-phase.ts';
import type { Node, Pod } from '../../api/kinds.ts';
import { controllerOf } from '../../api/object.ts';
import { pods } from '../../api/resources.ts';
import { formatGoDuration } from '../../linux/programs/go/duration.ts';
import { TaskGroup } from '../../linux/task-group.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isExpected, isStatus } from '../command-error.ts';
import { DRY_RUN_FLAG, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { waitUntilGone } from '../wait-deletion.ts';
import { markNode, selectNodes } from './node-scheduling.ts';

/** What the real one spends on asking whose each Pod is. By then the scheduler has heard that the node takes no more. */
const ROUND_TRIPS_MS = 20;

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
    const { streams } = invocation;
    // Unlike cordon this one looks up what a node is.
    invocation.discovery.require('nodes');
    const nodes = selectNodes(invocation, 'drain');
    for (const node of nodes) yield* invocation.patiently(() => markNode(invocation, node, true));
    yield* invocation.process.sleep(ROUND_TRIPS_MS);
    const problems: string[] = [];
    const pending: string[] = [];
    for (const node of nodes) {
      const { name } = node.metadata;
      const found = yield* emptyNode(invocation, node);
      if (found.length === 0) {
        streams.out(`node/${name} drained${invocation.dryRunSuffix}\n`);
        continue;
      }
      const why = aggregated(found);
      streams.err(`error: unable to drain node ${JSON.stringify(name)} due to error: ${why}, continuing command...\n`);
      problems.push(...found);
      pending.push(name);
    }
    if (pending.length === 0) return 0;
    streams.err(`There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join('')}`);
    throw new CommandError(problems.join('\n'), { verbatim: true });
  },
};

/** Several errors as Go writes them as one. */
function aggregated(problems: readonly string[]): string {
  return problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`;
}

/** Returns what went wrong. */
function* emptyNode(invocation: Invocation, { metadata: { name } }: Node): Task<readonly string[]> {
  const { streams } = invocation;
  const judged = judgedPods(invocation, name);
  const refused = groupReasons(judged, 'refuse');
  if (refused.length > 0) return refused;
  const warnings = groupReasons(judged, 'warn');
  if (warnings.length > 0) streams.err(`Warning: ${warnings.join('; ')}\n`);
  const problems = yield* removeAll(invocation, leavingOf(judged));
  const left = problems.length === 0 ? [] : leavingOf(judgedPods(invocation, name));
  if (left.length > 0) {
    const names = left.map(({ metadata }) => `pod/${metadata.name}\n`).join('');
    streams.err(
      `There are pending pods in node ${JSON.stringify(name)} when an error occurred: ${aggregated(problems)}\n${names}`,
    );
  }
  return problems;
}

interface Judged {
  readonly pod: Pod;
  readonly verdict: Verdict;
}

function judgedPods(invocation: Invocation, nodeName: string): readonly Judged[] {
  const labelSelector = invocation.flags.string('pod-selector');
  const onNode = invocation.list(pods, {
    fieldSelector: `spec.nodeName=${nodeName}`,
    ...(labelSelector === '' ? {} : { labelSelector }),
  }) as unknown as readonly Pod[];
  return onNode.map((pod) => ({ pod, verdict: judge(invocation, pod) }));
}

function leavingOf(judged: readonly Judged[]): readonly Pod[] {
  return judged.filter(({ verdict }) => verdict.leaves).map(({ pod }) => pod);
}

/** Evicts all at once: one that a disruption budget holds back holds up no other. Returns what went wrong. */
function* removeAll(invocation: Invocation, leaving: readonly Pod[]): Task<readonly string[]> {
  const { streams, flags } = invocation;
  const evicts =
    !flags.bool('disable-eviction') && invocation.discovery.require('pods').subresources.includes('eviction');
  if (invocation.dryRun === 'client') {
    const doing = evicts ? 'evicting' : 'deleting';
    for (const { metadata } of leaving) streams.out(`${doing} pod ${metadata.namespace}/${metadata.name} (dry run)\n`);
    return [];
  }
  const timeoutMs = flags.duration('timeout');
  const deadlineMs = timeoutMs > 0 ? invocation.now() + timeoutMs : Number.POSITIVE_INFINITY;
  const removal: Removal = { evicts, deadlineMs, timedOut: `global timeout reached: ${formatGoDuration(timeoutMs)}` };
  const problems: string[] = [];
  const group = new TaskGroup();
  for (const pod of leaving) group.start(removeOne(invocation, pod, removal, problems));
  yield* group.run();
  return problems;
}

/** How Pods are removed. */
interface Removal {
  readonly evicts: boolean;
  readonly deadlineMs: number;
  /** What is said when the deadline has passed. */
  readonly timedOut: string;
}

function* removeOne(invocation: Invocation, pod: Pod, removal: Removal, problems: string[]): Task<void> {
  try {
    if (removal.evicts) yield* evict(invocation, pod, removal);
    else yield* invocation.patiently(() => deleteUnlessGone(invocation, pod));
    if (invocation.dryRun === 'none') yield* confirm(invocation, pod, removal);
  } catch (error) {
    if (!isExpected(error)) throw error;
    problems.push(error.message);
  }
}

interface Verdict {
  readonly leaves: boolean;
  readonly refuse?: string;
  readonly warn?: string;
}

/** What is to happen to a Pod. After kubernetes/kubectl pkg/drain/filters.go. */
function judge(invocation: Invocation, pod: Pod): Verdict {
  const { flags } = invocation;
  const { metadata, spec } = pod;
  if (isGivenUp(invocation, pod)) return { leaves: false };
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

function groupReasons(judged: readonly Judged[], kind: 'refuse' | 'warn'): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { pod, verdict } of judged) {
    const reason = verdict[kind];
    if (reason === undefined) continue;
    groups.set(reason, [...(groups.get(reason) ?? []), `${pod.metadata.namespace}/${pod.metadata.name}`]);
  }
  return [...groups].map(([reason, names]) => `${reason}: ${names.join(', ')}`);
}

/** Waits while a disruption budget says no. */
function* evict(invocation: Invocation, { metadata }: Pod, { deadlineMs, timedOut }: Removal): Task<void> {
  const { streams } = invocation;
  const { name, namespace } = metadata;
  const what = `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}`;
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    deleteOptions: options(invocation),
  };
  const path = invocation.path(pods, namespace, name, 'eviction');
  for (;;) {
    streams.out(`evicting pod ${namespace}/${name}${invocation.dryRunSuffix}\n`);
    if (invocation.now() >= deadlineMs) throw new CommandError(`${what}: ${timedOut}`);
    try {
      yield* invocation.patiently(() => invocation.client.request({ method: 'POST', path, body }));
      return;
    } catch (error) {
      if (isStatus(error, 'NotFound')) return;
      if (!isExpected(error)) throw error;
      if (!isStatus(error, 'TooManyRequests')) throw new CommandError(`${what}: ${error.message}`);
      streams.err(`${what} (will retry after 5s): ${error.message}\n`);
      yield* streams.flush();
      yield* invocation.process.sleep(5000);
    }
  }
}

function options({ flags, dryRun }: Invocation) {
  const grace = flags.int('grace-period');
  return { ...(grace < 0 ? {} : { gracePeriodSeconds: grace }), ...(dryRun === 'server' ? { dryRun: ['All'] } : {}) };
}

function deleteUnlessGone(invocation: Invocation, { metadata }: Pod): void {
  try {
    invocation.of(pods).delete(metadata.name, metadata.namespace, options(invocation));
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
  }
}

/** Whether a Pod has been ending for so long (its kubelet may be dead) that nobody is to wait for it. */
function isGivenUp(invocation: Invocation, { metadata }: Pod): boolean {
  const patienceMs = givenUpAfterMs(invocation);
  if (patienceMs === undefined || metadata.deletionTimestamp === undefined) return false;
  return invocation.now() >= Date.parse(metadata.deletionTimestamp) + patienceMs;
}

/** The real one counts whole seconds, and more of them than the flag says. */
function givenUpAfterMs({ flags }: Invocation): number | undefined {
  const seconds = flags.int('skip-wait-for-delete-timeout');
  return seconds > 0 ? (seconds + 1) * 1_000 : undefined;
}

function* confirm(invocation: Invocation, pod: Pod, { evicts, deadlineMs, timedOut }: Removal): Task<void> {
  const { streams } = invocation;
  const { name, namespace } = pod.metadata;
  try {
    if (yield* waitOrGiveUp(invocation, pod, deadlineMs)) {
      streams.out(`pod/${name} ${evicts ? 'evicted' : 'deleted'}\n`);
      return;
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const what = `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate`;
    throw new CommandError(evicts ? `${what}: ${timedOut}` : timedOut);
  }
  const seconds = invocation.flags.int('skip-wait-for-delete-timeout');
  streams.out(`pod ${JSON.stringify(name)} has DeletionTimestamp older than ${seconds} seconds, skipping\n`);
}

/** Whether the Pod has gone; it has not when it is given up. @throws CommandError at the deadline */
function* waitOrGiveUp(invocation: Invocation, { metadata }: Pod, deadlineMs: number): Task<boolean> {
  const { name, namespace, uid } = metadata;
  const target = { resource: invocation.discovery.require('pods'), namespace, name };
  const patienceMs = givenUpAfterMs(invocation);
  for (;;) {
    const pod = patienceMs === undefined ? undefined : findPod(invocation, metadata);
    if (pod !== undefined && isGivenUp(invocation, pod)) return false;
    const endsAt = Date.parse(pod?.metadata.deletionTimestamp ?? '');
    const lookAgainMs = Number.isNaN(endsAt) ? deadlineMs : Math.min(deadlineMs, endsAt + patienceMs!);
    try {
      yield* waitUntilGone(invocation, target, uid, lookAgainMs);
      return true;
    } catch (error) {
      if (!(error instanceof CommandError) || lookAgainMs === deadlineMs) throw error;
    }
  }
}

function findPod(invocation: Invocation, { name, namespace, uid }: Pod['metadata']): Pod | undefined {
  try {
    const pod = invocation.of(pods).get(name, namespace) as unknown as Pod;
    return pod.metadata.uid === uid ? pod : undefined;
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}
