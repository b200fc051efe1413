import type { Task } from '../../sim/index.ts';
import { deleteOptionsOf, requestDeletion } from '../deletion.ts';
import type { Invocation } from '../invocation.ts';
import { Report } from '../output/report.ts';
import { findPruned, type PruneKinds } from '../prune.ts';
import type { Unstructured } from '../unstructured.ts';

/** What one run of `apply` has applied so far: what it says of it, and what is not to be pruned. */
export class Applied {
  readonly #invocation: Invocation;
  readonly #report: Report;
  readonly #objects: Unstructured[] = [];
  readonly #uids = new Set<string>();
  readonly #namespaces = new Set<string>();

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
    this.#report = new Report(invocation);
  }

  add(object: Unstructured, operation: string): void {
    const { uid, namespace } = object.metadata;
    this.#uids.add(uid);
    if (namespace !== undefined) this.#namespaces.add(namespace);
    this.#say(object, operation);
  }

  /** Objects are shown when all are there, in a List where there are several. */
  end(): void {
    this.#report.together(this.#objects);
  }

  /** Deletes what was applied before and not this time. */
  *prune(kinds: PruneKinds): Task<void> {
    const invocation = this.#invocation;
    const options = deleteOptionsOf(invocation);
    for (const found of findPruned(invocation, kinds, this.#uids, this.#namespaces)) {
      if (invocation.dryRun !== 'client')
        yield* invocation.patiently(() => requestDeletion(invocation, found, options));
      this.#report.done(found.object, 'pruned');
    }
  }

  #say(object: Unstructured, operation: string): void {
    const output = this.#invocation.flags.string('output');
    if (output === '' || output === 'name') this.#report.done(object, operation);
    else this.#objects.push(object);
  }
}
