import { storageIsFull } from './storage-full.ts';

/** The same trouble is told this often at most: forty browsers that try again meet it forty times a second. */
const TELL_EVERY_MS = 60_000;
const MOST_KINDS = 100;

/**
 * Tells whoever runs the server what went wrong: in a sentence where they can mend it, else with where it happened.
 *
 * @param tell takes a line
 */
export function tellTroubles(tell: (text: string) => void, now: () => number): (error: Error) => void {
  const told = new Map<string, number>();
  return (error) => {
    const text = storageIsFull(error)
      ? 'The disk is full. Make room on it: nothing new is kept until then. Learners go on, and their browsers send what they did later.'
      : (error.stack ?? error.message);
    const last = told.get(error.message);
    if (last !== undefined && now() - last < TELL_EVERY_MS) return;
    if (told.size >= MOST_KINDS) told.clear();
    told.set(error.message, now());
    tell(text);
  };
}
