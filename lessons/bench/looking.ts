import type { Cluster, KubeObject } from '@drydock/engine';
import { whyOf } from './causes.ts';
import { turnsOf } from './controller-turns.ts';
import { inspect, yamlOf } from './inspection.ts';
import { fieldOf, findThing, referenceTo } from './named-things.ts';
import { outlineOf } from './outline.ts';
import type { BenchLooking } from './protocol.ts';
import { requestsOf } from './requests.ts';

/** So many requests are listed. */
const MOST_REQUESTS = 12;

/** So many turns of a controller are shown. */
const MOST_TURNS = 6;

/** What a page may ask about a cluster without leaving a mark on it. `shown` is the cluster of the moment that is looked at. */
export function lookingAt(shown: () => Cluster): BenchLooking {
  return {
    inspect: (reference) => inspect(shown(), reference),
    find(words) {
      const object = findThing(shown(), words);
      return object === undefined ? undefined : referenceTo(object);
    },
    field: (words, path) => fieldOf(shown(), words, path),
    why(words) {
      const object = findThing(shown(), words);
      return object === undefined ? undefined : whyOf(shown(), object);
    },
    keys: (prefix) =>
      shown()
        .stored(prefix)
        .map(({ key, version, modRevision }) => ({ key, version, modRevision })),
    stored(key) {
      const stored = shown()
        .stored(key)
        .find((each) => each.key === key);
      return stored === undefined ? undefined : yamlOf(stored.value as KubeObject);
    },
    turns: (component) => turnsOf(shown(), component, MOST_TURNS),
    outline: () => outlineOf(shown()),
    requests: (from) => requestsOf(shown(), MOST_REQUESTS, from),
  };
}
