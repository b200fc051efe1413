import type { MessageBody } from '../records.ts';

/** What a message says is no news after this long. */
export const NEWS_MS = 10 * 60 * 1000;

/** A message as a learner's page hears it. */
export interface Heard {
  /** By the server's clock. */
  readonly at: number;
  readonly ageMs: number;
  readonly body: MessageBody;
}
