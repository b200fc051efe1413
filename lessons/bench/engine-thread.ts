/** The engine's thread, and what it says if it cannot be loaded or comes to an end by itself. */
export interface EngineThread {
  readonly worker: Worker;
  readonly failure: Promise<string>;
}

/** Begun with the page: most of what a learner waits for is the engine on its way, and its way needs nobody else. */
let early: EngineThread | undefined = begin();

/** A thread that nobody has yet. */
export function engineThread(): EngineThread {
  const thread = early ?? begin();
  early = undefined;
  return thread;
}

function begin(): EngineThread {
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' });
  const failure = new Promise<string>((resolve) => {
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(event.message || 'the engine could not be loaded');
    };
  });
  return { worker, failure };
}
