import { applyJsonPatch } from '../api/patch/json-patch.ts';
import { applyMergePatch } from '../api/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../api/patch/strategic-merge-patch.ts';
import { CommandError } from './command-error.ts';
import type { FlagSpec } from './flag.ts';
import type { Invocation } from './invocation.ts';
import type { Unstructured } from './unstructured.ts';

/** What a generated object is to have besides what flags can say. */
export const OVERRIDE_FLAGS: readonly FlagSpec[] = [
  { name: 'overrides', type: 'string', help: 'JSON to lay over the object that is made' },
  {
    name: 'override-type',
    type: 'string',
    default: 'merge',
    help: 'How --overrides is laid over',
    values: ['json', 'merge', 'strategic'],
  },
];

/** The object with `--overrides` laid over it. @param schema its definition @throws CommandError */
export function withOverrides({ flags }: Invocation, object: Unstructured, schema: string): Unstructured {
  const text = flags.string('overrides');
  if (text === '') return object;
  const type = flags.string('override-type');
  if (!['json', 'merge', 'strategic'].includes(type)) throw new CommandError(`invalid override type: ${type}`);
  let patch: unknown;
  try {
    patch = JSON.parse(text);
  } catch {
    throw new CommandError('Invalid JSON Patch');
  }
  if (type === 'json') return applyJsonPatch(object, patch) as Unstructured;
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) throw new CommandError('Invalid JSON Patch');
  return type === 'merge'
    ? (applyMergePatch(object, patch) as Unstructured)
    : (applyStrategicMergePatch(schema, object, patch) as Unstructured);
}
