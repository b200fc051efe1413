import type { FieldError } from '../field-error.ts';
import { duplicate, invalid, notSupported, required } from '../field-errors.ts';
import type { Taint } from '../kinds.ts';
import { checkLabelValue, checkQualifiedName } from '../names.ts';

export const TAINT_EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** The path really is `metadata.taints`: the real server says so too. */
export function validateTaints(errors: FieldError[], taints: readonly Taint[] | undefined): void {
  const seen = new Set<string>();
  taints?.forEach((taint, index) => {
    const field = `metadata.taints[${index}]`;
    const { key = '', value = '', effect = '' } = taint as { key?: string; value?: string; effect?: string };
    for (const detail of checkQualifiedName(key)) errors.push(invalid(`${field}.key`, key, detail));
    for (const detail of checkLabelValue(value)) errors.push(invalid(`${field}.value`, value, detail));
    if (effect === '') errors.push(required(`${field}.effect`));
    else if (!TAINT_EFFECTS.includes(effect)) errors.push(notSupported(`${field}.effect`, effect, TAINT_EFFECTS));
    const identity = `${key} ${effect}`;
    if (seen.has(identity)) {
      // The real server prints its internal type here, and adds a reason to an error that has none elsewhere.
      const { message, ...error } = duplicate(field, printed(taint));
      errors.push({ ...error, message: `${message}: taints must be unique by key and effect pair` });
    }
    seen.add(identity);
  });
}

function printed({ key, value = '', effect, timeAdded = null as unknown as string }: Taint): object {
  return { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded };
}
