import type { Context } from 'hono';
import { type BenchCard, cardIdOf } from '../bench-card.ts';
import type { LtiTool } from '../lti/tool.ts';
import type { Person, Workshop } from '../records.ts';
import type { Store } from '../store/store.ts';
import type { Grading } from './grading.ts';
import type { Guesses } from './guesses.ts';
import type { Happenings } from './happenings.ts';

/** What the workshop's routes stand on. */
export interface WorkshopServer {
  readonly store: Store;
  readonly benches: ReadonlyMap<string, BenchCard>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly guesses: Guesses;
  /** The address a request comes from, for slowing guesses. */
  readonly addressOf: (context: Context) => string;
  /** Names that may join, with the ids they are matched with; absent: everybody may. */
  readonly roster?: ReadonlyMap<string, string>;
  readonly grading: Grading;
  /** A tool of learning management systems; absent: nobody comes by one. */
  readonly lti?: LtiTool;
  /** Tells another system; absent: nobody wants to know. */
  readonly happenings?: Happenings;
}

/** The card of a bench of this build; a task of a mock exam has its exercise's. */
export function cardOf({ benches }: Pick<WorkshopServer, 'benches'>, benchId: string): BenchCard | undefined {
  return benches.get(cardIdOf(benchId));
}

interface Variables {
  readonly workshop: Workshop;
  readonly person: Person;
}

export type Env = { Variables: Variables };
