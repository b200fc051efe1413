/**
 * Thrown by a system call that ends its own caller (it killed itself, or held too much memory), so that nothing more
 * of the program runs. A program that swallows it still ends at its next yield.
 */
export class TaskTerminated extends Error {
  override readonly name = 'TaskTerminated';
}
