import { normalName, type Plugin } from '../query.ts';

const MAX_SIGHTINGS = 2;

/**
 * Finds out whether what this server forwards comes back to it: it asks for a name of its own, which must not be seen
 * more often than it was asked. https://coredns.io/plugins/loop/
 */
export class LoopDetector {
  readonly probeName: string;
  readonly #zone: string;
  readonly #onLoop: (message: string) => void;
  #sightings = 0;

  constructor(probeName: string, zone: string, onLoop: (message: string) => void) {
    this.probeName = probeName;
    this.#zone = zone;
    this.#onLoop = onLoop;
  }

  get plugin(): Plugin {
    return (next) => (query) => {
      if (normalName(query.name) === this.probeName) {
        this.#sightings += 1;
        if (this.#sightings > MAX_SIGHTINGS) {
          const { address, port } = query.peer;
          this.#onLoop(
            `[FATAL] plugin/loop: Loop (${address}:${port} -> :53) detected for zone "${this.#zone === '' ? '' : this.#zone}.", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${this.probeName}."`,
          );
        }
      }
      return next(query);
    };
  }
}
