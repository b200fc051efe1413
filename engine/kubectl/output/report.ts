import type { Invocation } from '../invocation.ts';
import type { Unstructured } from '../unstructured.ts';
import { writeJson } from './json-writer.ts';
import { writeKyaml } from './kyaml-writer.ts';
import { type ObjectPrinter, objectName, objectPrinter, withoutManagedFields } from './object-printer.ts';

/** Says what a command has done to each object: `deployment.apps/web created`, or the object itself with `-o`. */
export class Report {
  readonly #invocation: Invocation;
  readonly #printer: ObjectPrinter | undefined;

  /** @param typed as for the printer */
  constructor(invocation: Invocation, typed = false) {
    this.#invocation = invocation;
    this.#printer = invocation.flags.has('output') ? objectPrinter(invocation, typed) : undefined;
  }

  done(object: Unstructured, operation: string): void {
    const { streams, dryRunSuffix } = this.#invocation;
    streams.out(this.#printer?.(object) ?? `${objectName(object)} ${operation}${dryRunSuffix}\n`);
  }

  /** What `-o` other than `name` shows of objects that belong together: one by itself, several in a List. */
  together(objects: readonly Unstructured[]): void {
    const [first, ...others] = objects;
    if (first === undefined) return;
    const { flags, streams } = this.#invocation;
    const output = flags.string('output');
    const withManagers = flags.bool('show-managed-fields');
    const items = objects.map((object) => sorted(object, withManagers));
    const list = { kind: 'List', apiVersion: 'v1', metadata: {}, items };
    if (others.length === 0) streams.out(this.#printer!(first));
    else if (output === 'json') streams.out(`${writeJson(list, { indent: '    ', asItStands: true })}\n`);
    else if (output === 'kyaml') streams.out(writeKyaml(list, true));
    else streams.out(this.#printer!({ ...list, items: objects } as never));
  }
}

function sorted(object: Unstructured, withManagers: boolean): unknown {
  return JSON.parse(writeJson(withManagers ? object : withoutManagedFields(object)));
}
