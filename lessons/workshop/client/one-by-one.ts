/**
 * Runs an action one at a time: whoever asks for it while it runs has it run once more, however many ask. Each promise
 * resolves when a run has ended that began after it was asked for.
 */
export function oneByOne(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => {
    running = action().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (running === undefined) return run();
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return run();
      });
    return next;
  };
}
