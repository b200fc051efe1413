import { createMiddleware } from 'hono/factory';
import type { Env, WorkshopServer } from './context.ts';
import { refuse } from './refusal.ts';

/** A browser sends a batch each 600 ms at most, and a few requests when a page opens. */
const MOST_REQUESTS = 120;
/** The board of a large class reads and changes more, and before they have links a whole room may come from one address. */
const MOST_FROM_ADDRESS = 3000;
const WINDOW_MS = 10_000;
const MOST_SENDERS = 20_000;

/**
 * Refuses whoever sends far more than a browser does, before anything is looked up for them: by the link they show, or by
 * their address where they show none.
 */
export function floodGate({ now, addressOf }: WorkshopServer) {
  const tallies = new Map<string, { count: number; readonly since: number }>();
  return createMiddleware<Env>(async (context, next) => {
    const link = context.req.header('authorization');
    const sender = link ?? addressOf(context);
    let tally = tallies.get(sender);
    if (tally === undefined || now() - tally.since >= WINDOW_MS) {
      tally = { count: 0, since: now() };
      // Whoever was counted anew last is forgotten last.
      tallies.delete(sender);
      tallies.set(sender, tally);
      if (tallies.size > MOST_SENDERS) tallies.delete(tallies.keys().next().value!);
    }
    tally.count += 1;
    if (tally.count > (link === undefined ? MOST_FROM_ADDRESS : MOST_REQUESTS)) {
      refuse(429, 'too-many', 'Too many requests from this link. It goes on in a moment.', { wait: WINDOW_MS / 1000 });
    }
    await next();
  });
}
