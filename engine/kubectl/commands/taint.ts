import type { Node, Taint } from '../../api/kinds.ts';
import { checkLabelValue, checkQualifiedName } from '../../api/names.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { DRY_RUN_FLAG, fieldManagerFlag, OUTPUT_FLAGS, SELECTOR_FLAG, VALIDATE_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { Report } from '../output/report.ts';
import { collect, type Found, findObjects } from '../resource-finder.ts';
import { type Unstructured, withField } from '../unstructured.ts';

const EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const taint: Command = {
  name: 'taint',
  summary: 'Update the taints on one or more nodes',
  section: 'Cluster Management Commands',
  usage: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  examples: ['kubectl taint node node-1 dedicated=gpu:NoSchedule', 'kubectl taint node node-1 dedicated-'],
  operand: 'node',
  flags: [
    ...OUTPUT_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    fieldManagerFlag('kubectl-taint'),
    VALIDATE_FLAG,
    { name: 'all', type: 'bool', help: 'All nodes' },
    { name: 'overwrite', type: 'bool', help: 'Change taints that have another value' },
  ],
  *run(invocation) {
    const { args } = invocation;
    const isChange = (arg: string) => arg.includes('=') || arg.includes(':') || arg.endsWith('-');
    const first = args.findIndex(isChange);
    const resources = first < 0 ? args : args.slice(0, first);
    if (resources.length === 0) throw new CommandError('one or more resources must be specified as <resource> <name>');
    if (first < 0) throw new CommandError('at least one taint update is required');
    const { set, remove } = parseTaints(invocation, args.slice(first));
    checkNodes(invocation, resources);
    const { found, errors: missing } = yield* findObjects(invocation, { args: resources });
    const report = new Report(invocation, true);
    const errors: Error[] = [...missing];
    for (const one of found) yield* collect(invocation, errors, () => change(invocation, report, one, set, remove));
    throwCollected(errors);
    return 0;
  },
};

/** @throws CommandError for what are no nodes, or none in particular */
function checkNodes({ discovery, flags }: Invocation, [type = '', ...names]: readonly string[]): void {
  const resource = discovery.find(type);
  if (resource === undefined) {
    throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(type)}`, { verbatim: true });
  }
  if (resource.kind !== 'Node') throw new CommandError(`invalid resource type ${type}, only node types are supported`);
  if (names.length > 0 || flags.bool('all') || flags.string('selector') !== '') return;
  throw new CommandError("at least one resource name must be specified since 'all' parameter is not set");
}

interface Removal {
  readonly key: string;
  /** Any effect when absent. */
  readonly effect?: string;
}

function parseTaints(
  invocation: Invocation,
  specs: readonly string[],
): {
  readonly set: readonly Taint[];
  readonly remove: readonly Removal[];
} {
  const set: Taint[] = [];
  const remove: Removal[] = [];
  for (const spec of specs) {
    // Without an effect there is no value either: what stands there is all key.
    const match = /^(?:([^=:]*)(?:=([^:=]*))?:([^:]*)|([^:]*))$/.exec(spec.endsWith('-') ? spec.slice(0, -1) : spec);
    if (match === null) throw invocation.usageError(`invalid taint spec: ${spec}`);
    const [, key = match[4]!, value = '', effect] = match;
    const problem = checkQualifiedName(key)[0] ?? checkLabelValue(value)[0];
    if (problem !== undefined) throw invocation.usageError(`invalid taint spec: ${spec}, ${problem}`);
    if (effect !== undefined && !EFFECTS.includes(effect)) {
      throw invocation.usageError(`invalid taint effect: ${effect}, unsupported taint effect`);
    }
    if (spec.endsWith('-')) remove.push({ key, ...(effect === undefined ? {} : { effect }) });
    else if (effect === undefined) throw invocation.usageError(`invalid taint spec: ${spec}`);
    else set.push({ key, effect: effect as Taint['effect'], ...(value === '' ? {} : { value }) });
  }
  return { set, remove };
}

function change(
  invocation: Invocation,
  report: Report,
  { resource, name, object }: Found,
  set: readonly Taint[],
  remove: readonly Removal[],
): void {
  const current = (object as unknown as Node).spec.taints ?? [];
  const same = (left: Taint, right: Taint) => left.key === right.key && left.effect === right.effect;
  const taken = set.filter((taint) => current.some((old) => same(old, taint)));
  if (taken.length > 0 && !invocation.flags.bool('overwrite')) {
    const list = taken.map(({ key }) => key).join(',');
    throw new CommandError(`node ${name} already has ${list} taint(s) with same effect(s) and --overwrite is false`);
  }
  const matches = ({ key, effect }: Removal, old: Taint) =>
    old.key === key && (effect === undefined || old.effect === effect);
  const absent = remove.filter((removal) => !current.some((old) => matches(removal, old)));
  if (absent.length > 0) {
    throw new CommandError(
      absent
        .map(({ key, effect }) => `taint ${JSON.stringify(effect === undefined ? key : `${key}:${effect}`)} not found`)
        .join('\n'),
    );
  }
  const kept = current.filter(
    (old) => !set.some((taint) => same(taint, old)) && !remove.some((removal) => matches(removal, old)),
  );
  const taints = [...set, ...kept];
  const body = { spec: { taints: taints.length === 0 ? null : taints } };
  const result =
    invocation.dryRun === 'client'
      ? (withField(object, ['spec', 'taints'], taints.length === 0 ? undefined : taints) as Unstructured)
      : invocation.patch(resource, name, undefined, 'strategic-merge', body);
  const both = set.length > 0 && remove.length > 0;
  const modifies = both || invocation.flags.bool('overwrite');
  const operation = modifies ? 'modified' : set.length > 0 ? 'tainted' : 'untainted';
  report.done(result, operation);
}
