import { expect, test } from 'vitest';
import { Random } from '../../sim/index.ts';
import { type Asked, extenderBed, type Reply } from '../testing/extender-bed.ts';

// Whatever extenders answer, the scheduler lives on: when they come to their senses, every Pod gets its node.

const EXTENDERS =
  '- {urlPrefix: "http://a", filterVerb: f, prioritizeVerb: p, preemptVerb: v, weight: 4611686018427387904, nodeCacheCapable: true}\n' +
  '- {urlPrefix: "http://b", filterVerb: f, prioritizeVerb: p, preemptVerb: v, weight: 7, ignorable: true}\n';

const KEYS = ['Nodes', 'nodenames', 'FailedNodes', 'FAILEDANDUNRESOLVABLENODES', 'Error', 'items', 'metadata', 'name'];
const NAMES = ['node-1', 'node-2', 'mars', '__proto__', 'constructor', ''];
const MORE_KEYS = ['Host', 'Score', 'NodeNameToMetaVictims', 'Pods', 'UID', 'NumPDBViolations'];

function anything(random: Random, depth = 0): unknown {
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  const kind = random.below(depth > 4 ? 4 : 8);
  if (kind === 0) return pick([null, true, 0, -0, 1.5, 1e300, -(2 ** 63), 2 ** 53 + 2]);
  if (kind <= 3) return pick(NAMES);
  const many = random.below(4);
  if (kind <= 5) return Array.from({ length: many }, () => anything(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: many }, () => [pick([...KEYS, ...MORE_KEYS, ...NAMES]), anything(random, depth + 1)]),
  );
}

function reply(random: Random, { NodeNames, Nodes }: Asked): Reply {
  const text = JSON.stringify(anything(random));
  switch (random.below(6)) {
    case 0:
      return { status: random.below(600), headers: {}, body: new Uint8Array([0xff, 0x00, 0x7b]) };
    case 1:
      return { error: 'EOF' };
    case 2:
      return text.slice(0, random.below(text.length + 1));
    case 3:
      return JSON.stringify({ NodeNames, Nodes, FailedNodes: anything(random) });
    case 4:
      return JSON.stringify([{ Host: 'node-1', Score: anything(random) }]);
    default:
      return text;
  }
}

test.each(Array.from({ length: 12 }, (_, run) => `answers ${run}`))('%s', (seed) => {
  const random = new Random(seed);
  let isSane = false;
  const { sim, controlPlane, createPod, requests } = extenderBed(EXTENDERS, (path, asked) => {
    if (!isSane) return reply(random, asked);
    return path === '/p' ? '[]' : { NodeNames: asked.NodeNames, Nodes: asked.Nodes };
  });
  controlPlane.createNode('node-1', { cpu: '1', memory: '8Gi' });
  for (let i = 0; i < 30; i++) {
    createPod(`p-${i}`);
    sim.runFor(400);
  }
  expect(requests.length).toBeGreaterThan(30);
  isSane = true;
  controlPlane.createNode('node-2');
  sim.runFor(60_000);
  expect(controlPlane.pods().filter(({ spec }) => spec.nodeName === undefined)).toEqual([]);
});
