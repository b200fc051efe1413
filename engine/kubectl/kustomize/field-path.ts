import { CommandError } from '../command-error.ts';
import { isObject } from '../unstructured.ts';

/**
 * The steps of a path such as `spec.template.spec.containers.[name=web].env.*.value`: dots within brackets and behind a
 * backslash belong to a name. After sigs.k8s.io/kustomize kyaml/utils/pathsplitter.go.
 */
export function splitPath(path: string): readonly string[] {
  const steps = path.match(/(?:\[[^\]]*\]|\\.|[^.[\\])+/g) ?? [];
  return steps.map((step) => (step.startsWith('[') ? step : step.replace(/\\(.)/g, '$1')));
}

type Change = (value: unknown) => unknown;

/** How a path leads on where there is nothing yet. */
interface Creating {
  /** What is put at its end, to be changed. */
  readonly blank: unknown;
}

/**
 * Changes every field that a path leads to, in a copy; undefined where it leads nowhere.
 *
 * @param creating whether fields are made that there are not, apart from what a `*` would stand for
 * @throws CommandError
 */
export function changeAt(
  value: unknown,
  steps: readonly string[],
  change: Change,
  creating?: Creating,
): { readonly value: unknown } | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value === undefined ? undefined : { value: change(value) };
  if (Array.isArray(value)) return changeInList(value, step, rest, change, creating);
  if (isObject(value)) {
    if (step === '*') return changeAll(Object.entries(value), rest, change, creating, Object.fromEntries);
    const known = Object.hasOwn(value, step) ? value[step] : undefined;
    const inner = changeAt(known ?? blankFor(rest, creating) ?? known, rest, change, creating);
    return inner && { value: { ...value, [step]: inner.value } };
  }
  if (value === undefined || value === null) return undefined;
  throw new CommandError(`wrong node kind: expected MappingNode or SequenceNode but got ScalarNode`);
}

/** What stands where nothing is, if something is to be made: a list for `[name=web]`, an object for a name, or the end. */
function blankFor(rest: readonly string[], creating: Creating | undefined): unknown {
  if (creating === undefined) return undefined;
  const [next] = rest;
  if (next === undefined) return creating.blank;
  if (next === '*') return undefined;
  return next.startsWith('[') || next === '-' ? [] : {};
}

function changeInList(
  list: readonly unknown[],
  step: string,
  rest: readonly string[],
  change: Change,
  creating: Creating | undefined,
): { readonly value: unknown } | undefined {
  const [, key, wanted] = /^\[(.*?)=(.*)\]$/.exec(step) ?? [];
  const isMeant = (item: unknown, index: number): boolean => {
    if (step === '*') return true;
    if (key === undefined) return String(index) === step || (step === '-' && index === list.length - 1);
    return key === '' ? String(item) === wanted : isObject(item) && String(item[key]) === wanted;
  };
  const isThere = list.some(isMeant);
  const items = !isThere && creating !== undefined && key ? [...list, { [key]: wanted }] : list;
  return changeAll(
    [...items.entries()].filter(([index, item]) => isMeant(item, index)),
    rest,
    change,
    creating,
    (changed) => {
      const byIndex = new Map(changed);
      return items.map((item, index) => (byIndex.has(index) ? byIndex.get(index) : item));
    },
  );
}

/** Goes on from several places; those from which the path leads nowhere stay as they are. */
function changeAll<Key>(
  entries: readonly (readonly [Key, unknown])[],
  rest: readonly string[],
  change: Change,
  creating: Creating | undefined,
  joined: (entries: readonly (readonly [Key, unknown])[]) => unknown,
): { readonly value: unknown } | undefined {
  let found = false;
  const changed = entries.map(([key, value]) => {
    const inner = changeAt(value, rest, change, creating);
    if (inner !== undefined) found = true;
    return [key, inner === undefined ? value : inner.value] as const;
  });
  return found ? { value: joined(changed) } : undefined;
}

/** The value that a path leads to first; undefined where it leads nowhere. */
export function valueAt(value: unknown, steps: readonly string[]): unknown {
  const found: unknown[] = [];
  changeAt(value, steps, (each) => {
    found.push(each);
    return each;
  });
  return found[0];
}
