import type { WorkstationTools } from './workstation-tools.ts';

/** Tools that are promised now and handed over later. */
export interface LateTools {
  /** To be given to the cluster. Running one before `arrive` is a mistake of whoever drives the cluster. */
  readonly tools: WorkstationTools;
  /** The tools are there. */
  arrive(tools: WorkstationTools): void;
}

/**
 * Lets a cluster boot, and a page show its prompt, before kubectl has been loaded. No input may be taken in until it
 * has: so that what a command does never depends on how fast something was loaded.
 */
export function lateTools(): LateTools {
  let arrived: WorkstationTools | undefined;
  const there = (): WorkstationTools => {
    if (arrived === undefined) throw new Error('an input was taken in before the workstation’s tools had been loaded');
    return arrived;
  };
  return {
    tools: {
      kubectl: (connect) =>
        function* (process) {
          return yield* there().kubectl(connect)(process);
        },
      completeKubectl: (words, transport) => there().completeKubectl(words, transport),
    },
    arrive(tools) {
      arrived = tools;
    },
  };
}
