import { expect, test } from 'vitest';
import { ConfigurationError } from '../api/config-shape.ts';
import type { Pod } from '../api/kinds.ts';
import { pods } from '../api/resources.ts';
import { startControllerManager } from '../kube-controller-manager/index.ts';
import { ControlPlane } from '../kube-controller-manager/testing/control-plane.ts';
import type { Plugin } from './framework.ts';
import type { Handle } from './handle.ts';
import { startScheduler } from './index.ts';
import { unschedulable } from './rejection.ts';

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const WITH_MINE = `${HEAD}profiles:\n- plugins: {multiPoint: {enabled: [{name: Mine}]}}\n`;

/** A cluster of one node, whose scheduler has a plugin of ours. */
function setUp(mine: (handle: Handle) => Omit<Plugin, 'name'>, configuration = WITH_MINE) {
  const controlPlane = new ControlPlane('framework');
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, controllers: ['serviceaccount-controller'] });
  sim.runFor(100);
  let handle: Handle | undefined;
  const factory = (given: Handle): Plugin => {
    handle = given;
    return { name: 'Mine', ...mine(given) };
  };
  const scheduler = startScheduler({ sim, transport, leaderElect: false, configuration, plugins: { Mine: factory } });
  controlPlane.createNode('node-1');
  const createPod = (name: string, spec: Partial<Pod['spec']> = {}): Pod => {
    const containers = [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '1' } } }];
    return controlPlane.apply<Pod>({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers, ...spec },
    });
  };
  const get = (name: string) => client.resource(pods).get(name, 'default');
  const failures = (name: string) => controlPlane.eventsOf('Pod', name).filter((event) => event.startsWith('Failed'));
  return { controlPlane, sim, scheduler, handle: handle!, createPod, get, failures };
}

test('the extension points are called in their order', () => {
  const calls: string[] = [];
  const note = (name: string) => () => void calls.push(name);
  const { sim, createPod } = setUp(() => ({
    preEnqueue: () => void calls.push('preEnqueue') as undefined,
    preFilter: () => void calls.push('preFilter') as undefined,
    filter: () => void calls.push('filter') as undefined,
    preScore: () => void calls.push('preScore') as undefined,
    score: () => {
      calls.push('score');
      return 50;
    },
    normalizeScores: note('normalizeScores'),
    reserve: () => void calls.push('reserve') as undefined,
    unreserve: note('unreserve'),
    permit: () => void calls.push('permit') as undefined,
    preBind: (_state, _info, _node, done) => {
      calls.push('preBind');
      done();
    },
    bind: () => {
      calls.push('bind');
      return 'Skip';
    },
    postBind: note('postBind'),
  }));
  createPod('web');
  sim.runFor(100);
  // The only node is not scored, and the default binder is asked first.
  expect(calls).toEqual(['preEnqueue', 'preFilter', 'filter', 'reserve', 'permit', 'preBind', 'postBind']);
});

test('Permit: a Pod keeps its place while it waits, and is bound when allowed', () => {
  const { sim, createPod, get, handle } = setUp(() => ({ permit: () => ({ waitMs: 60_000 }) }));
  const { uid } = createPod('web').metadata;
  sim.runFor(10_000);
  expect(get('web').spec.nodeName).toBeUndefined();
  expect(handle.cache.node('node-1')?.pods.has(uid)).toBe(true);
  expect(handle.waitingPods.get(uid)?.pendingPlugins).toEqual(['Mine']);
  handle.waitingPods.get(uid)!.allow('Mine');
  sim.runFor(100);
  expect(get('web').spec.nodeName).toBe('node-1');
});

test('Permit: one that is refused, or waits too long, gives its place back and says why', () => {
  const { sim, createPod, failures, handle } = setUp(() => ({ permit: () => ({ waitMs: 15_000 }) }));
  const { uid } = createPod('slow').metadata;
  sim.runFor(15_500);
  expect(failures('slow')).toEqual([
    'FailedScheduling: 0/1 nodes are available: 1 rejected due to timeout after waiting 15s at plugin Mine.',
  ]);
  expect(handle.cache.node('node-1')?.pods.size).toBe(0);
  const second = createPod('refused').metadata.uid;
  sim.runFor(100);
  handle.waitingPods.get(second)!.reject('Mine', 'not today');
  sim.runFor(100);
  expect(failures('refused')).toEqual(['FailedScheduling: 0/1 nodes are available: 1 not today.']);
  expect(handle.waitingPods.get(uid)).toBeUndefined();
});

test('Reserve: what was noted is taken back in reverse order when one refuses', () => {
  const calls: string[] = [];
  const { sim, createPod, failures } = setUp(() => ({
    reserve: () => {
      calls.push('reserve');
      return unschedulable('no room in the ledger');
    },
    unreserve: () => void calls.push('unreserve'),
  }));
  createPod('web');
  sim.runFor(500);
  expect(calls).toEqual(['reserve', 'unreserve']);
  expect(failures('web')).toEqual(['FailedScheduling: 0/1 nodes are available: 1 no room in the ledger.']);
});

test('PreBind: an error means another attempt after the back-off', () => {
  let attempts = 0;
  const { sim, createPod, get, failures } = setUp(() => ({
    preBind: (_state, _info, _node, done) => {
      attempts += 1;
      done(attempts === 1 ? new Error('disk on fire') : undefined);
    },
  }));
  createPod('web');
  sim.runFor(500);
  expect(failures('web')).toEqual(['FailedScheduling: running PreBind plugin "Mine": disk on fire']);
  expect(get('web').status?.conditions).toMatchObject([{ type: 'PodScheduled', reason: 'SchedulerError' }]);
  sim.runFor(2_000);
  expect(get('web').spec.nodeName).toBe('node-1');
});

test('a filter of ours refuses, and its hint brings the Pod back', () => {
  let open = false;
  const { sim, controlPlane, createPod, get, scheduler } = setUp(() => ({
    filter: () => (open ? undefined : unschedulable('closed')),
    mayHelp: (event) => event.kind === 'NodeAdd',
  }));
  createPod('web');
  sim.runFor(5_000);
  expect(scheduler.explain('default', 'web')).toMatchObject({
    nodeCount: 1,
    nodes: [{ node: 'node-1', refusedBy: 'Mine', reasons: ['closed'] }],
  });
  open = true;
  sim.runFor(60_000);
  expect(get('web').spec.nodeName).toBeUndefined();
  controlPlane.createNode('node-2');
  sim.runFor(1_000);
  expect(get('web').spec.nodeName).toBeDefined();
});

test('each profile schedules the Pods that name it, with plugins and arguments of its own', () => {
  const configuration = `${HEAD}profiles:
- schedulerName: default-scheduler
- schedulerName: packer
  pluginConfig:
  - name: NodeResourcesFit
    args: {scoringStrategy: {type: MostAllocated}}
  plugins:
    score: {disabled: [{name: "*"}], enabled: [{name: NodeResourcesFit}]}
`;
  const { sim, controlPlane, createPod, get, scheduler } = setUp(() => ({}), configuration);
  controlPlane.createNode('node-2');
  createPod('first');
  sim.runFor(100);
  createPod('spread');
  sim.runFor(100);
  expect(get('spread').spec.nodeName).not.toBe(get('first').spec.nodeName);
  createPod('third');
  sim.runFor(100);
  createPod('packed', { schedulerName: 'packer' });
  createPod('ignored', { schedulerName: 'nobody' });
  sim.runFor(100);
  expect(get('packed').spec.nodeName).toBe(get('third').spec.nodeName);
  expect(get('ignored').spec.nodeName).toBeUndefined();
  const { nodes, equals } = scheduler.explain('default', 'packed')!;
  expect(equals).toBe(1);
  expect(nodes[0]!.scores).toMatchObject([{ plugin: 'NodeResourcesFit', weight: 1 }]);
  expect(nodes[0]!.total).toBeGreaterThan(nodes[1]!.total!);
});

test.each([
  ['plugins: {filter: {enabled: [{name: Nope}]}}', 'plugin "Nope" does not exist'],
  [
    'plugins: {bind: {disabled: [{name: "*"}]}}',
    'at least one bind plugin is needed for profile with scheduler name "default-scheduler"',
  ],
  [
    'plugins: {queueSort: {disabled: [{name: "*"}]}}',
    'queue sort plugin required for profile with scheduler name "default-scheduler", but got 0',
  ],
])('a profile that cannot work is refused: %s', (profile, message) => {
  const start = () => setUp(() => ({}), `${HEAD}profiles:\n- ${profile}\n`);
  expect(start).toThrow(ConfigurationError);
  expect(start).toThrow(message);
});
