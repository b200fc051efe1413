import { expect, test } from 'vitest';
import type { Diagnosis } from './diagnosis.ts';
import { fitErrorMessage } from './fit-error.ts';
import { NodeInfo } from './node-info.ts';
import { type Rejection, unresolvable, unschedulable } from './rejection.ts';

// The wording of 1.35 and 1.36, as clusters print it:
// - kubernetes/kubernetes issue 141227 (v1.36.1): "… no new claims to deallocate, preemption: 0/3 nodes are available:
//   1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling."
// - "1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: …" in many
//   transcripts; up to 1.34 it was "had untolerated taint {key: value}".

const tainted = unresolvable('node(s) had untolerated taint(s)');
const full = unschedulable('Insufficient memory');
const tooSmall = unresolvable('Insufficient cpu', 'Insufficient memory');

function diagnosis(nodeCount: number, rejections: readonly Rejection[], rest: Partial<Diagnosis> = {}): Diagnosis {
  const nodes = rejections.map((_, i) => new NodeInfo(`node-${i}`, i));
  return { nodeCount, nodes, rejections, rejectors: [], naming: [], plugins: new Set(), ...rest };
}

test.each([
  [
    'a taint on one node, and no room on two',
    diagnosis(3, [full, tainted, full]),
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient memory.',
  ],
  [
    'a node lacking two things counts for both',
    diagnosis(2, [full, tooSmall]),
    '0/2 nodes are available: 1 Insufficient cpu, 2 Insufficient memory.',
  ],
  [
    'nodes that a Pod does not name, as with the Pods of a DaemonSet',
    diagnosis(3, [full], { naming: ['NodeAffinity'] }),
    "0/3 nodes are available: 1 Insufficient memory, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
  ],
  [
    'a claim that is not there, whatever the nodes are like',
    diagnosis(3, [], {
      preFilter: { rejection: unresolvable('persistentvolumeclaim "nope" not found'), plugin: 'VolumeBinding' },
    }),
    '0/3 nodes are available: persistentvolumeclaim "nope" not found.',
  ],
])('%s', (_, found, sentence) => {
  expect(fitErrorMessage(found)).toBe(sentence);
  expect(fitErrorMessage(found, 'no new claims to deallocate, preemption: none.')).toBe(
    `${sentence} no new claims to deallocate, preemption: none.`,
  );
});
