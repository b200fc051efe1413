import { CommandError } from './command-error.ts';

/** What `label`, `annotate` and `taint` are to change: `key=value` sets, `key-` removes. */
export interface KeyChanges {
  readonly resources: readonly string[];
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/**
 * Splits arguments into resources and changes.
 *
 * @param what `label` or `annotation`, for messages
 * @param check says what is wrong with a `key=value`, if anything
 */
export function parseKeyChanges(
  args: readonly string[],
  what: string,
  check: (key: string, value: string) => string | undefined,
): KeyChanges {
  const isChange = (arg: string) => (arg.includes('=') && !arg.startsWith('=')) || arg.endsWith('-');
  const first = args.findIndex(isChange);
  const resources = first < 0 ? args : args.slice(0, first);
  const changes = first < 0 ? [] : args.slice(first);
  const stray = changes.find((arg) => !isChange(arg));
  if (stray !== undefined) throw new CommandError(`all resources must be specified before ${what} changes: ${stray}`);
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const change of changes) {
    const equals = change.indexOf('=');
    if (equals < 0) {
      remove.push(change.slice(0, -1));
      continue;
    }
    const [key, value] = [change.slice(0, equals), change.slice(equals + 1)];
    if (what === 'label' && value.includes('=')) throw new CommandError(`invalid label spec: ${change}`);
    const problem = check(key, value);
    if (problem !== undefined) throw new CommandError(`invalid ${what} value: ${JSON.stringify(change)}: ${problem}`);
    set.set(key, value);
  }
  const both = remove.find((key) => set.has(key));
  if (both !== undefined) {
    throw new CommandError(`can not both modify and remove a ${what} in the same command`);
  }
  return { resources, set, remove };
}
