import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import type { Settings } from '../records.ts';
import { assignedBenches } from './assignment.ts';
import type { Env, WorkshopServer } from './context.ts';
import { eventStream } from './event-stream.ts';
import { readBody, refuse } from './refusal.ts';
import { mayWork, ownerOf, runRoutes } from './run-routes.ts';
import { hashOf } from './secrets.ts';

/** Being seen is written down at most so often for each person. */
const SEEN_EVERY_MS = 10_000;

/** What a learner may read and write: their own, and what the instructor says. */
export function learnerRoutes(server: WorkshopServer): Hono<Env> {
  const { store, now } = server;
  return new Hono<Env>()
    .use(personOfToken(server))
    .get('/', (context) => {
      const { person, workshop } = context.var;
      const { id, name, handAt, pairedWith } = person;
      return context.json({
        id,
        name,
        hand: handAt !== undefined,
        pairedWith,
        title: workshop.title,
        settings: {
          ...shown(workshop.settings),
          benches: assignedBenches(server.benches.values(), workshop.settings, id),
        },
      });
    })
    .put('/hand', async (context) => {
      const { up } = await readBody(context.req, z.object({ up: z.boolean() }));
      await store.changePerson(context.var.person.id, { handAt: up ? now() : undefined });
      return context.body(null, 204);
    })
    .get('/messages', async (context) => {
      const { person } = context.var;
      let last = Number(context.req.header('last-event-id') ?? 0) || 0;
      return eventStream(context, (sink) => {
        const send = async (): Promise<void> => {
          for (const { number, at, body } of await store.messages(person.id, last)) {
            last = Math.max(last, number);
            sink.send('message', { at, ageMs: now() - at, body }, number);
          }
        };
        let sending = send();
        return store.onChange((change) => {
          if (change.kind !== 'message' || (change.to !== undefined && change.to !== person.id)) return;
          sending = sending.then(send).catch(() => {});
        });
      });
    })
    .route('/runs', runRoutes(server))
    .post('/grade/:bench', async (context) => {
      const bench = context.req.param('bench');
      mayWork(server, context.var.workshop.settings, bench);
      await server.regrade(ownerOf(context.var.person), bench);
      return context.body(null, 202);
    });
}

/** What a learner sees of the settings. */
function shown({ locked, revealed, opensAt, closesAt, overtimeMs, paused, timerUntil, variants }: Settings) {
  return {
    locked,
    revealed,
    opensAt,
    closesAt,
    overtimeMs,
    paused,
    timerUntil,
    variants,
  };
}

/** Who sends a request, by the token of their personal link. Tokens are looked up by their hash, so timing tells nothing. */
function personOfToken({ store, guesses, addressOf, now }: WorkshopServer) {
  return createMiddleware<Env>(async (context, next) => {
    const [, token] = /^Bearer ([\w-]{43})$/.exec(context.req.header('authorization') ?? '') ?? [];
    const person = token === undefined ? undefined : await store.personByToken(hashOf(token));
    if (person === undefined) {
      const address = addressOf(context);
      if (guesses.wait(address) > 0) refuse(429, 'slow-down', 'Too many wrong links from here. Try again in a minute.');
      guesses.wrong(address);
      refuse(
        401,
        'unknown-person',
        'This link is not known here. Join with the code, or use the link you got when you joined.',
      );
    }
    if (now() - person.seenAt > SEEN_EVERY_MS) await store.changePerson(person.id, { seenAt: now() });
    context.set('person', person);
    await next();
  });
}
