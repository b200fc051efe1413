import type { Invocation } from '../invocation.ts';
import type { Unstructured } from '../unstructured.ts';
import { type ObjectPrinter, objectName, objectPrinter } from './object-printer.ts';

/** Says what a command has done to each object: `deployment.apps/web created`, or the object itself with `-o`. */
export class Report {
  readonly #invocation: Invocation;
  readonly #printer: ObjectPrinter | undefined;

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
    this.#printer = invocation.flags.has('output') ? objectPrinter(invocation) : undefined;
  }

  done(object: Unstructured, operation: string): void {
    const { streams, dryRunSuffix } = this.#invocation;
    streams.out(this.#printer?.(object) ?? `${objectName(object)} ${operation}${dryRunSuffix}\n`);
  }
}
