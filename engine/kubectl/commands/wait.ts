import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import {
  ALL_NAMESPACES_FLAG,
  FIELD_SELECTOR_FLAG,
  LOCAL_FLAG,
  OUTPUT_FLAGS,
  RECURSIVE_FILE_FLAGS,
  SELECTOR_FLAG,
} from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { JsonPath, relaxedJsonPath, valueText } from '../output/jsonpath.ts';
import { Report } from '../output/report.ts';
import { collectTask, type Found, findObjects } from '../resource-finder.ts';
import { requireLocalFiles } from '../set-targets.ts';
import { openWatch, receiveUntil } from '../stream.ts';
import { fieldAt, type Unstructured } from '../unstructured.ts';
import { timedOut, waitUntilGone } from '../wait-deletion.ts';

export const wait: Command = {
  name: 'wait',
  suggestedFor: ['list', 'ps'],
  summary: 'Experimental: Wait for a specific condition on one or many resources',
  section: 'Advanced Commands',
  usage:
    'wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) --for=delete|condition=available|jsonpath=…',
  examples: [
    'kubectl wait --for=condition=Ready pod/web --timeout=60s',
    `kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web`,
  ],
  operand: 'resource',
  flags: [
    ...RECURSIVE_FILE_FLAGS,
    LOCAL_FLAG,
    ...OUTPUT_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    { name: 'all', type: 'bool', help: 'All objects of the type in the namespace' },
    {
      name: 'for',
      type: 'stringArray',
      help: 'What to wait for',
      values: ['condition=', 'delete', 'create', 'jsonpath='],
    },
    {
      name: 'timeout',
      type: 'duration',
      default: '30s',
      help: 'How long to wait; 0 looks once, negative waits a week',
    },
  ],
  *run(invocation) {
    const { flags } = invocation;
    if (flags.bool('local')) requireLocalFiles(invocation);
    const goals = flags.list('for').map(parseGoal);
    if (goals.length === 0) throw new CommandError('unrecognized condition: ""');
    const deadlineMs = invocation.now() + timeoutOf(flags.duration('timeout'));
    const report = new Report(invocation);
    const errors: Error[] = [];
    for (const goal of goals) yield* waitForGoal(invocation, report, goal, deadlineMs, errors);
    throwCollected(errors);
    return 0;
  },
};

function timeoutOf(timeoutMs: number): number {
  return timeoutMs < 0 ? 7 * 24 * 3_600_000 : timeoutMs;
}

type Goal =
  | { readonly type: 'delete' }
  | { readonly type: 'create' }
  | { readonly type: 'state'; readonly met: (object: Unstructured) => boolean };

function parseGoal(text: string): Goal {
  const lower = text.toLowerCase();
  if (lower === 'delete') return { type: 'delete' };
  if (lower === 'create') return { type: 'create' };
  if (lower.startsWith('condition=')) {
    const [name = '', value = 'true'] = text.slice('condition='.length).split('=');
    return { type: 'state', met: (object) => hasCondition(object, name.toLowerCase(), value.toLowerCase()) };
  }
  if (lower.startsWith('jsonpath=')) return jsonPathGoal(text.slice('jsonpath='.length));
  throw new CommandError(`unrecognized condition: ${JSON.stringify(text)}`);
}

function jsonPathGoal(text: string): Goal {
  if (/^['"]?\{[^}]*$/.test(text)) relaxedJsonPath(text);
  const match = /^(['"]?\{[^}]*\}['"]?)(?:=(.*))?$/s.exec(text);
  if (match === null)
    throw new CommandError(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    );
  const path = new JsonPath(relaxedJsonPath(match[1]!.replace(/^['"]|['"]$/g, '')));
  const expected = match[2]?.replace(/^(['"])(.*)\1$/, '$2');
  if (expected === '') throw new CommandError('jsonpath wait has to have a value after equal sign');
  return {
    type: 'state',
    met: (object) => {
      const values = path.find(object, { allowMissing: true }).flat();
      if (values.length > 1) throw new CommandError('given jsonpath expression matches more than one value');
      return values.length === 1 && (expected === undefined || valueText(values[0]) === expected);
    },
  };
}

function hasCondition(object: Unstructured, name: string, value: string): boolean {
  const conditions = fieldAt(object, 'status', 'conditions');
  if (!Array.isArray(conditions)) return false;
  const condition: unknown = conditions.find((one) => String(fieldAt(one, 'type')).toLowerCase() === name);
  if (condition === undefined) return false;
  // What was true of an older generation says nothing about this one.
  const generation = object.metadata.generation;
  const observed = fieldAt(condition, 'observedGeneration') ?? fieldAt(object, 'status', 'observedGeneration');
  if (typeof observed === 'number' && generation !== undefined && observed < generation) return false;
  return String(fieldAt(condition, 'status')).toLowerCase() === value;
}

function* waitForGoal(
  invocation: Invocation,
  report: Report,
  goal: Goal,
  deadlineMs: number,
  errors: Error[],
): Task<void> {
  const { found, errors: missing, byName } = yield* findWhenThere(invocation, goal, deadlineMs);
  if (goal.type === 'delete') {
    // What is not there any more is what was asked for.
    errors.push(...missing.filter((error) => !error.message.endsWith('not found')));
  } else {
    errors.push(...missing);
    if (found.length === 0 && !byName) throw new CommandError('no matching resources found');
  }
  for (const one of found) yield* collectTask(errors, waitForOne(invocation, report, goal, one, deadlineMs));
}

/** For `--for=create` the objects need not exist yet. */
function* findWhenThere(invocation: Invocation, goal: Goal, deadlineMs: number) {
  for (;;) {
    const findings = yield* findObjects(invocation);
    const waiting = goal.type === 'create' && findings.found.length === 0;
    if (!waiting) return findings;
    if (invocation.now() >= deadlineMs) throw new CommandError('timed out waiting for the condition');
    yield* invocation.process.sleep(1000);
  }
}

function* waitForOne(invocation: Invocation, report: Report, goal: Goal, found: Found, deadlineMs: number): Task<void> {
  const { resource, name, object } = found;
  if (goal.type === 'delete') {
    yield* waitUntilGone(invocation, found, object.metadata.uid, deadlineMs);
    return report.done(object, 'condition met');
  }
  if (goal.type === 'create' || goal.met(object)) return report.done(object, 'condition met');
  const { resourceVersion } = object.metadata;
  const query = { watch: 'true', resourceVersion, fieldSelector: `metadata.name=${name}` };
  const path = invocation.path(resource, found.namespace);
  const stream = openWatch(invocation.client.request({ method: 'GET', path, query }).watch!);
  try {
    for (;;) {
      const result = yield* receiveUntil(stream, invocation.process, deadlineMs);
      if (result === 'timeout' || result === 'ended') throw timedOut(resource, name);
      if (result.item.type === 'BOOKMARK') continue;
      const current = result.item.object as Unstructured;
      if (result.item.type !== 'DELETED' && goal.met(current)) return report.done(current, 'condition met');
    }
  } finally {
    stream.close();
  }
}
