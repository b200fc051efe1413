import { klog } from '../../linux/programs/go/runtime.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';

/**
 * The end of a component that could not renew its Lease in time: it has stopped its work, so that another may lead, says so and
 * exits with status 1. Its kubelet starts it anew, and that one stands for election again.
 */
export class LeaseLoss {
  readonly #process: Process;
  readonly #lock: string;
  /** Where the component's own words come from, and what they are. */
  readonly #words: readonly [source: string, text: string];
  #lost = false;

  /** @param lock the Lease, `<namespace>/<name>` */
  constructor(process: Process, lock: string, words: readonly [source: string, text: string]) {
    this.#process = process;
    this.#lock = lock;
    this.#words = words;
  }

  readonly onLeaseLost = (): void => {
    this.#lost = true;
    this.#process.kill(this.#process.pid, 'TERM');
  };

  /** Undefined as long as it has not come to that. */
  readonly lastWords = (): Task<void> | undefined => (this.#lost ? this.#say() : undefined);

  *#say(): Task<void> {
    const [source, text] = this.#words;
    const why = `"Failed to renew lease" lock="${this.#lock}" err="context deadline exceeded"`;
    yield* klog(this.#process, 'I', 'leaderelection.go:299', why);
    yield* klog(this.#process, 'E', source, text);
  }
}
