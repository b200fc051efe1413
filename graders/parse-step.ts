import { type Fault, resourceOfKind } from '@drydock/engine';
import { CourseFileError, type CourseNode } from './course-file.ts';
import { type Step, spanMs } from './exercise.ts';

const STEPS = ['fault', 'wait', 'delete', 'kubectl', 'run'] as const;

/** Each fault with what it must say, and what it may say besides. */
const FAULTS: { readonly [T in Fault['type']]: readonly [needed: readonly string[], besides?: readonly string[]] } = {
  'kill-container': [['namespace', 'pod', 'container'], ['signal']],
  'kill-process': [['host', 'process'], ['signal']],
  'power-off': [['host']],
  shutdown: [['host']],
  'power-on': [['host']],
  partition: [['hosts']],
  latency: [['hosts', 'latencyMs']],
  'packet-loss': [['hosts', 'probability']],
  heal: [['hosts']],
  'move-file': [['host', 'from', 'to']],
  'gpu-xid': [['host', 'gpu', 'xid']],
  'gpu-unplug': [['host', 'gpu']],
  'gpu-reset': [['host', 'gpu']],
};

/**
 * Reads one thing that is done to a cluster with these machines.
 *
 * @throws CourseFileError for what cannot be done.
 */
export function readStep(node: CourseNode, machines: readonly string[]): Step {
  node.only([...STEPS, ...(node.has('kubectl') ? ['refused'] : [])]);
  const [what, another] = STEPS.filter((each) => node.has(each));
  if (what === undefined || another !== undefined) node.fail(`needs exactly one of ${STEPS.join(', ')}`);
  if (what === 'wait') readSpan(node.field('wait'));
  else if (what === 'kubectl') readKubectl(node);
  else if (what === 'run') readRun(node.field('run'), machines);
  else if (what === 'delete') {
    const kind = node.field('delete').field('kind');
    if (resourceOfKind(kind.text()) === undefined) kind.fail(`no kind "${kind.text()}" is served`);
  } else checkFault(node.field('fault'), machines);
  return node.data() as Step;
}

function readKubectl(node: CourseNode): void {
  node.field('kubectl').words();
  if (node.has('refused') && node.field('refused').data() !== true) {
    node.field('refused').fail('can only be true; leave it out otherwise');
  }
}

/**
 * A command on a machine.
 *
 * @throws CourseFileError for a machine that is not there.
 */
export function readRun(node: CourseNode, machines: readonly string[]): void {
  node.only(['host', 'command']);
  checkMachine(node.field('host'), machines);
  node.field('command').words();
}

function checkMachine(node: CourseNode, machines: readonly string[]): void {
  const name = node.text();
  if (!machines.includes(name)) node.fail(`there is no machine "${name}"; there are ${machines.join(', ')}`);
}

function checkFault(node: CourseNode, machines: readonly string[]): void {
  const types = Object.keys(FAULTS) as Fault['type'][];
  const [needed, besides = []] = FAULTS[node.field('type').oneOf(types)];
  node.only(['type', ...needed, ...besides]);
  for (const field of needed) if (!node.has(field)) node.fail(`"${field}" is missing`);
  if (needed.includes('host')) checkMachine(node.field('host'), machines);
  if (needed.includes('hosts')) for (const host of node.field('hosts').elements()) checkMachine(host, machines);
}

/** @throws CourseFileError for what is no span of time. */
export function readSpan(node: CourseNode): void {
  try {
    spanMs(node.text());
  } catch (error) {
    if (error instanceof CourseFileError) throw error;
    node.fail((error as Error).message);
  }
}
