import { expect, test } from 'vitest';
import { events, nodes, pods } from '../../api/resources.ts';
import { extenderBed, REFUSED, type Reply } from '../testing/extender-bed.ts';

// A scheduler whose extenders are functions: what they are asked, and what comes of what they answer.

const FILTER = '- {urlPrefix: "http://ext:8888/scheduler/", filterVerb: filter, nodeCacheCapable: true}\n';
const ASKED_POST = 'Post "http://ext:8888/scheduler/filter": dial tcp 10.0.0.9:80: connect: connection refused';

test('a filter lets only some nodes pass, and is told the Pod and the names of those that would do', () => {
  const { sim, controlPlane, createPod, pod, requests, scheduler } = extenderBed(FILTER, () => ({
    nodenames: ['node-2'],
    failedNodes: { 'node-1': 'too hot' },
  }));
  for (const name of ['node-1', 'node-2', 'node-3']) controlPlane.createNode(name);
  controlPlane.client.resource(nodes).patch('node-3', undefined, 'merge', { spec: { unschedulable: true } });
  createPod('web');
  sim.runFor(100);
  expect(pod('web').spec.nodeName).toBe('node-2');
  expect(requests).toMatchObject([
    {
      method: 'POST',
      host: 'ext',
      port: 8888,
      path: '/scheduler/filter',
      headers: { Host: 'ext:8888', 'Content-Type': 'application/json' },
      timeoutMs: 5000,
    },
  ]);
  const body = JSON.parse(requests[0]!.body as string);
  expect(body).toEqual({ Pod: expect.anything(), Nodes: null, NodeNames: ['node-1', 'node-2'] });
  expect(Object.keys(body.Pod)).toEqual(['metadata', 'spec', 'status']);
  expect(scheduler.explain('default', 'web')).toMatchObject({
    node: 'node-2',
    extenders: [{ extender: 'http://ext:8888/scheduler/', verb: 'filter', nodes: ['node-2'] }],
    nodes: [
      { node: 'node-2' },
      { node: 'node-3', refusedBy: 'NodeUnschedulable' },
      { node: 'node-1', refusedBy: 'http://ext:8888/scheduler/', reasons: ['too hot'] },
    ],
  });
});

test('one without a cache of nodes gets them whole, and answers so', () => {
  const whole = '- {urlPrefix: "http://ext", filterVerb: filter}\n';
  const { sim, controlPlane, createPod, pod, requests } = extenderBed(whole, (_, { Nodes }) => ({
    Nodes: { items: Nodes!.items.filter(({ metadata }) => metadata.name !== 'node-1') },
  }));
  controlPlane.createNode('node-1');
  controlPlane.createNode('node-2');
  createPod('web');
  sim.runFor(100);
  expect(pod('web').spec.nodeName).toBe('node-2');
  const { Nodes, NodeNames } = JSON.parse(requests[0]!.body as string);
  expect(NodeNames).toBeNull();
  expect(Object.keys(Nodes.items[0])).toEqual(['metadata', 'spec', 'status']);
});

test('reasons are counted in the event; what cannot be resolved is not preempted for; any event is a new chance', () => {
  let open = false;
  const { sim, controlPlane, createPod, pod, messages, client } = extenderBed(FILTER, (_, { NodeNames }) =>
    open
      ? { NodeNames }
      : { NodeNames: [], FailedNodes: { 'node-1': 'busy' }, FailedAndUnresolvableNodes: { 'node-2': 'wrong rack' } },
  );
  controlPlane.createNode('node-1');
  controlPlane.createNode('node-2');
  createPod('web');
  sim.runFor(2_000);
  expect(messages('web')).toEqual([
    '0/2 nodes are available: 1 busy, 1 wrong rack. no new claims to deallocate, preemption: 0/2 nodes are available: ' +
      '1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
  ]);
  open = true;
  client.resource(nodes).patch('node-2', undefined, 'merge', { metadata: { labels: { a: 'b' } } });
  sim.runFor(1_000);
  expect(pod('web').spec.nodeName).toBeDefined();
});

test('an extender that gives no reasons leaves the sentence without any', () => {
  const { sim, controlPlane, createPod, messages, scheduler } = extenderBed(FILTER, () => ({}));
  controlPlane.createNode('node-1');
  createPod('web');
  sim.runFor(100);
  expect(messages('web')).toEqual([
    '0/1 nodes are available: no new claims to deallocate, preemption: 0/1 nodes are available: ' +
      '1 Preemption is not helpful for scheduling.',
  ]);
  expect(scheduler.explain('default', 'web')?.nodes).toEqual([
    { node: 'node-1', refusedBy: 'http://ext:8888/scheduler/', reasons: [] },
  ]);
});

test('one that is down fails the Pod, which is tried again with growing patience', () => {
  let up = false;
  const { sim, controlPlane, createPod, pod, messages, scheduler, requests } = extenderBed(
    FILTER,
    (_, { NodeNames }) => (up ? { NodeNames } : REFUSED),
  );
  controlPlane.createNode('node-1');
  createPod('web');
  sim.runFor(500);
  expect(messages('web')).toEqual([ASKED_POST]);
  expect(pod('web').status?.conditions).toMatchObject([{ type: 'PodScheduled', reason: 'SchedulerError' }]);
  expect(scheduler.explain('default', 'web')).toMatchObject({
    message: ASKED_POST,
    extenders: [{ verb: 'filter', error: ASKED_POST, ignored: false }],
  });
  sim.runFor(5_000);
  expect(requests.length).toBe(3);
  up = true;
  sim.runFor(10_000);
  expect(pod('web').spec.nodeName).toBe('node-1');
});

test('one that can be ignored is, and comes last whatever its place in the file', () => {
  const two = '- {urlPrefix: "http://weak", filterVerb: f, ignorable: true, nodeCacheCapable: true}\n'.concat(
    '- {urlPrefix: "http://firm", filterVerb: f, nodeCacheCapable: true}\n',
  );
  const { sim, controlPlane, createPod, pod, requests, scheduler } = extenderBed(two, (_, { NodeNames }) =>
    requests.length === 1 ? { NodeNames } : REFUSED,
  );
  controlPlane.createNode('node-1');
  createPod('web');
  sim.runFor(100);
  expect(pod('web').spec.nodeName).toBe('node-1');
  expect(requests.map(({ host }) => host)).toEqual(['firm', 'weak']);
  expect(scheduler.explain('default', 'web')?.extenders).toMatchObject([
    { extender: 'http://firm' },
    { ignored: true },
  ]);
});

const utf8 = (text: string) => new TextEncoder().encode(text);

test.each<[string, Reply, string]>([
  [
    'a node that it was not asked about',
    { NodeNames: ['mars'] },
    'extender "http://ext:8888/scheduler/" claims a filtered node "mars" which is not found in the input node list',
  ],
  ['an error', { NodeNames: ['node-1'], Error: 'out of order' }, 'out of order'],
  ['no JSON', '<html>', "invalid character '<' looking for beginning of value"],
  ['nothing', '', 'EOF'],
  ['half of it', '{"NodeNames": [', 'unexpected EOF'],
  ['a list', '[]', 'json: cannot unmarshal array into Go value of type v1.ExtenderFilterResult'],
  [
    'a name for a list of names',
    { nodeNames: 'node-1' },
    'json: cannot unmarshal string into Go struct field ExtenderFilterResult.NodeNames of type []string',
  ],
  [
    'another status',
    { status: 500, headers: {}, body: utf8('oops') },
    'failed filter with extender at URL http://ext:8888/scheduler/filter, code 500',
  ],
  [
    'too late',
    { error: 'context deadline exceeded' },
    'Post "http://ext:8888/scheduler/filter": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ],
])('a filter that answers %s fails the Pod', (_, said, message) => {
  const { sim, controlPlane, createPod, messages } = extenderBed(FILTER, () => said);
  controlPlane.createNode('node-1');
  createPod('web');
  sim.runFor(500);
  expect(messages('web')).toEqual([message]);
});

test('keys that mean something to JavaScript mean nothing here, and what follows the first value is not read', () => {
  const { sim, controlPlane, createPod, pod } = extenderBed(
    FILTER,
    () =>
      '{"NodeNames": ["node-1"], "FailedNodes": {"__proto__": "x", "mars": "far"}, "Error": null} {"Error": "late"}',
  );
  controlPlane.createNode('node-1');
  createPod('web');
  sim.runFor(100);
  expect(pod('web').spec.nodeName).toBe('node-1');
});

test.each([
  ['urlPrefix: "ftp://ext"', 'Post "ftp://ext/f": unsupported protocol scheme "ftp"'],
  ['urlPrefix: ""', 'Post "/f": unsupported protocol scheme ""'],
  ['urlPrefix: "http:///x"', 'Post "http:///x/f": http: no Host in request URL'],
])('an address with %s leads nowhere', (prefix, message) => {
  const { sim, controlPlane, createPod, messages } = extenderBed(`- {${prefix}, filterVerb: f}\n`, () => ({}));
  controlPlane.createNode('node-1');
  createPod('web');
  sim.runFor(500);
  expect(messages('web')).toEqual([message]);
});

const LIKES =
  '- {urlPrefix: "http://a", prioritizeVerb: like, weight: 3, nodeCacheCapable: true}\n' +
  '- {urlPrefix: "http://b", prioritizeVerb: like, weight: 1, nodeCacheCapable: true}\n';

test('points of extenders, from 0 to 10, count as those of plugins from 0 to 100', () => {
  const { sim, controlPlane, createPod, pod, scheduler, requests } = extenderBed(LIKES, () =>
    requests.at(-1)!.host === 'a'
      ? [
          { Host: 'node-2', Score: 7 },
          { Host: 'mars', Score: 10 },
        ]
      : REFUSED,
  );
  controlPlane.createNode('node-1');
  controlPlane.createNode('node-2');
  createPod('web');
  sim.runFor(100);
  expect(pod('web').spec.nodeName).toBe('node-2');
  const decision = scheduler.explain('default', 'web')!;
  const [best, other] = decision.nodes;
  expect(best).toMatchObject({ node: 'node-2' });
  expect(best!.scores!.at(-1)).toEqual({ plugin: 'http://a', weight: 3, raw: 7, normalized: 70 });
  expect(best!.total! - other!.total!).toBe(210);
  // Both are asked at once; one that fails has no say, ignorable or not.
  expect(decision.extenders).toMatchObject([
    { extender: 'http://a', verb: 'like', scores: [{ host: 'node-2', score: 7 }, { host: 'mars' }] },
    { extender: 'http://b', error: 'Post "http://b/like": dial tcp 10.0.0.9:80: connect: connection refused' },
  ]);
});

test.each<[string, Reply, string]>([
  // 2^62 · 30 does not fit into 64 bits and comes out as less than nothing.
  [
    'a score that overflows',
    [
      { Host: 'node-1', Score: 2 ** 62 },
      { Host: 'node-2', Score: 1 },
    ],
    'node-2',
  ],
  ['a score beyond ten', [{ Host: 'node-1', Score: 1_000_000 }], 'node-1'],
  ['a negative score', [{ Host: 'node-1', Score: -50 }], 'node-2'],
  [
    'a score twice',
    [
      { Host: 'node-1', Score: 5 },
      { Host: 'node-2', Score: 8 },
      { Host: 'node-1', Score: 5 },
    ],
    'node-1',
  ],
])('%s is taken as it is', (_, said, node) => {
  const one = '- {urlPrefix: "http://a", prioritizeVerb: like, weight: 3, nodeCacheCapable: true}\n';
  const { sim, controlPlane, createPod, pod } = extenderBed(one, () => said);
  controlPlane.createNode('node-1');
  controlPlane.createNode('node-2');
  createPod('web');
  sim.runFor(100);
  expect(pod('web').spec.nodeName).toBe(node);
});

test('a broken score is no answer', () => {
  const one = '- {urlPrefix: "http://a", prioritizeVerb: like, weight: 3, nodeCacheCapable: true}\n';
  const { sim, controlPlane, createPod, pod, scheduler } = extenderBed(one, () => [{ Host: 'node-1', Score: 1.5 }]);
  controlPlane.createNode('node-1');
  controlPlane.createNode('node-2');
  createPod('web');
  sim.runFor(100);
  expect(pod('web').spec.nodeName).toBeDefined();
  expect(scheduler.explain('default', 'web')?.extenders).toMatchObject([
    { error: 'json: cannot unmarshal number 1.5 into Go struct field HostPriority.Score of type int64' },
  ]);
});

const MANAGED =
  '- {urlPrefix: "http://ext", filterVerb: filter, nodeCacheCapable: true, ' +
  'managedResources: [{name: example.com/licence, ignoredByScheduler: true}]}\n';

test('an extender of a resource is asked only about Pods that want it, and answers for it alone', () => {
  const { sim, controlPlane, createPod, pod, requests } = extenderBed(MANAGED, (_, { NodeNames }) => ({ NodeNames }));
  controlPlane.createNode('node-1');
  createPod('plain');
  sim.runFor(100);
  expect(pod('plain').spec.nodeName).toBe('node-1');
  expect(requests).toEqual([]);
  // No node has any: NodeResourcesFit does not mind.
  const amounts = { 'example.com/licence': '2' };
  const resources = { requests: amounts, limits: amounts };
  createPod('licensed', { containers: [{ name: 'c', image: 'nginx', resources }] });
  sim.runFor(100);
  expect(pod('licensed').spec.nodeName).toBe('node-1');
  expect(requests.length).toBe(1);
});

const BINDER = (more = '') => `- {urlPrefix: "http://ext", bindVerb: bind${more}}\n`;

test('an extender binds in place of the scheduler, which goes on with other Pods meanwhile', () => {
  const { sim, controlPlane, createPod, pod, requests, client } = extenderBed(BINDER(), () => ({}), 500);
  controlPlane.createNode('node-1');
  const { metadata } = createPod('a');
  createPod('b');
  sim.runFor(100);
  expect(requests.map(({ body }) => JSON.parse(body as string))).toMatchObject([
    { PodName: 'a', PodNamespace: 'default', PodUID: metadata.uid, Node: 'node-1' },
    { PodName: 'b' },
  ]);
  sim.runFor(10_000);
  // It said that it did, and did not: the scheduler believes it.
  expect(pod('a').spec.nodeName).toBeUndefined();
  const told = client.resource(events).list({ namespace: 'default' }).items;
  expect(told.filter(({ reason }) => reason === 'Scheduled').length).toBe(2);
});

test('a binding that an extender refuses is tried again; one that can be ignored leaves it to the scheduler', () => {
  const firm = extenderBed(BINDER(), () => ({ Error: 'no licence' }));
  firm.controlPlane.createNode('node-1');
  firm.createPod('web');
  firm.sim.runFor(500);
  expect(firm.messages('web')).toEqual(['no licence']);
  expect(firm.pod('web').status?.conditions).toMatchObject([{ reason: 'SchedulerError' }]);
  const weak = extenderBed(BINDER(', ignorable: true'), () => REFUSED);
  weak.controlPlane.createNode('node-1');
  weak.createPod('web');
  weak.sim.runFor(100);
  expect(weak.pod('web').spec.nodeName).toBe('node-1');
});

test('while an extender thinks, the cluster goes on and the cycle does not notice', () => {
  const { sim, controlPlane, createPod, pod, requests, client, scheduler } = extenderBed(
    FILTER,
    (_, { NodeNames }) => ({ NodeNames }),
    1_000,
  );
  controlPlane.createNode('node-1');
  createPod('gone');
  createPod('waiting');
  sim.runFor(500);
  // One after the other.
  expect(requests.length).toBe(1);
  client.resource(pods).delete('gone', 'default', { gracePeriodSeconds: 0 });
  controlPlane.createNode('node-2');
  sim.runFor(1_000);
  expect(JSON.parse(requests[1]!.body as string)).toMatchObject({
    Pod: { metadata: { name: 'waiting' } },
    NodeNames: ['node-1', 'node-2'],
  });
  sim.runFor(1_000);
  expect(pod('waiting').spec.nodeName).toBeDefined();
  expect(controlPlane.pods().length).toBe(1);
  createPod('late');
  sim.runFor(500);
  scheduler.stop();
  sim.runFor(60_000);
  expect(pod('late').spec.nodeName).toBeUndefined();
});
