import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import type { Person, Settings } from '../records.ts';
import type { Store } from '../store/store.ts';
import { assignedBenches } from './assignment.ts';
import { cardOf, type Env, type WorkshopServer } from './context.ts';
import { attemptsOf } from './counted-grades.ts';
import { eventStream } from './event-stream.ts';
import { MessageStreams } from './message-streams.ts';
import { readBody, refuse } from './refusal.ts';
import { reportOf } from './report-answer.ts';
import { mayWork, ownerOf, runRoutes } from './run-routes.ts';
import { hashOf } from './secrets.ts';

/** Being seen is written down at most so often for each person. */
const SEEN_EVERY_MS = 10_000;

/** What a learner may read and write: their own, and what the instructor says. */
export function learnerRoutes(server: WorkshopServer): Hono<Env> {
  const { store, now } = server;
  const streams = new MessageStreams(server);
  return new Hono<Env>()
    .use(personOfToken(server))
    .get('/', async (context) => {
      const { person, workshop } = context.var;
      const { id, name, handAt, pairedWith } = person;
      return context.json({
        id,
        name,
        hand: handAt !== undefined,
        partner: pairedWith === undefined ? undefined : (await store.person(pairedWith))?.name,
        guests: await guestsOf(store, person),
        title: workshop.title,
        now: now(),
        settings: {
          ...shown(workshop.settings),
          benches: assignedBenches(server.benches.values(), workshop.settings, id),
        },
      });
    })
    .put('/hand', async (context) => {
      const { up } = await readBody(context.req, z.object({ up: z.boolean() }));
      const { person } = context.var;
      await store.changePerson(person.id, { handAt: up ? now() : undefined });
      if (up && person.handAt === undefined) server.happenings?.handRaised(person, now());
      return context.body(null, 204);
    })
    .get('/messages', (context) => {
      const { person } = context.var;
      streams.admit(person);
      const last = Number(context.req.header('last-event-id') ?? 0) || 0;
      return eventStream(context, (sink) => streams.listen(person, sink, last));
    })
    .route('/runs', runRoutes(server))
    .get('/report', async (context) => context.json(await reportOf(server, context.var.workshop, context.var.person)))
    .post('/grade/:bench', async (context) => {
      const { person, workshop } = context.var;
      await handIn(server, ownerOf(person), context.req.param('bench'), workshop.settings);
      return context.body(null, 202);
    });
}

/** The names of those who work on this person's bench. */
async function guestsOf(store: Store, { id, guests = [] }: Person): Promise<readonly string[]> {
  const people = await Promise.all(guests.map((guest) => store.person(guest)));
  return people.flatMap((guest) => (guest?.pairedWith === id ? [guest.name] : []));
}

/** The answer comes with the messages: a grading waits its turn. */
async function handIn(server: WorkshopServer, owner: string, bench: string, settings: Settings): Promise<void> {
  mayWork(server, settings, bench);
  const { mostAttempts = Number.POSITIVE_INFINITY } = settings;
  const exercise = cardOf(server, bench)?.exercise;
  const handedIn = attemptsOf(await server.store.grades(owner), settings).filter(
    ({ exerciseId, by }) => exerciseId === exercise && by === 'learner',
  );
  if (handedIn.length >= mostAttempts) {
    refuse(409, 'no-attempts', `You have handed this in as often as the workshop allows: ${mostAttempts}.`);
  }
  server.grading.asItStands(owner, bench, 'learner').catch(() => {});
}

/** What a learner sees of the settings. */
function shown({
  locked,
  revealed,
  opensAt,
  closesAt,
  overtimeMs,
  latePenalty,
  mostAttempts,
  paused,
  timerUntil,
  variants,
}: Settings) {
  return {
    locked,
    revealed,
    opensAt,
    closesAt,
    overtimeMs,
    latePenalty,
    mostAttempts,
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
      const wait = guesses.wait(address);
      if (wait > 0) refuse(429, 'slow-down', 'Too many wrong links from here. Try again in a minute.', { wait });
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
