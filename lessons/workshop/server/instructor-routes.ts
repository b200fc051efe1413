import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { cardIdOf } from '../bench-card.ts';
import type { MessageBody, Settings } from '../records.ts';
import type { Env, WorkshopServer } from './context.ts';
import { eventStream } from './event-stream.ts';
import { gradeRoutes } from './grade-routes.ts';
import type { LiveBoard } from './live-board.ts';
import { peopleRoutes } from './people-routes.ts';
import { readBody, refuse } from './refusal.ts';
import { hashOf, sameSecret } from './secrets.ts';
import { Id } from './shapes.ts';

const Text = z.string().trim().min(1).max(1000);

const Body = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('announce'), text: Text }),
  z.object({ kind: z.literal('point'), benchId: Id, checkId: Id.optional() }),
  z.object({ kind: z.literal('fault'), fault: z.looseObject({ type: z.string() }), text: Text }),
  z.object({
    kind: z.literal('offer'),
    benchId: Id,
    inputs: z
      .array(z.looseObject({ kind: z.string() }))
      .min(1)
      .max(500),
    text: z.string().max(1000),
  }),
]);

const SettingsChange = z
  .object({
    locked: z.array(Id),
    revealed: z.array(Id),
    opensAt: z.number().nullable(),
    closesAt: z.number().nullable(),
    overtimeMs: z.number().nonnegative(),
    latePenalty: z.number().min(0).max(1),
    attempts: z.enum(['best', 'last']),
    mostAttempts: z.number().int().positive().max(1000).nullable(),
    paused: z.boolean(),
    timerUntil: z.number().nullable(),
    variants: z.boolean(),
  })
  .partial();

/** What only the instructor may do. */
export function instructorRoutes(server: WorkshopServer, board: LiveBoard): Hono<Env> {
  const { store, now, benches } = server;
  return new Hono<Env>()
    .use(instructorOnly(server))
    .get('/', (context) => {
      const { title, code, settings } = context.var.workshop;
      const cards = [...benches.values()].filter(({ id }) => settings.benches[id] !== undefined);
      return context.json({ title, code, settings, benches: cards, rows: board.rows(), now: now() });
    })
    .get('/events', (context) =>
      eventStream(context, (sink) => {
        // Whoever comes late sees how far grading has come.
        const tellProgress = () => sink.send('grading', server.grading.progress);
        tellProgress();
        const stopProgress = server.grading.onProgress(tellProgress);
        const stopRows = board.listen((rows, gone) => {
          if (rows.length > 0) sink.send('rows', rows);
          if (gone.length > 0) sink.send('gone', gone);
        });
        const stopSettings = store.onChange(async (change) => {
          if (change.kind === 'workshop') sink.send('settings', (await store.workshop())?.settings ?? null);
        });
        sink.send('rows', board.rows());
        return () => {
          stopRows();
          stopSettings();
          stopProgress();
        };
      }),
    )
    .post('/messages', async (context) => {
      const { to, body } = await readBody(context.req, z.object({ to: Id.optional(), body: Body }));
      if (to !== undefined && (await store.person(to)) === undefined)
        refuse(404, 'no-person', 'Nobody here has that id.');
      if ('benchId' in body && !benches.has(cardIdOf(body.benchId)))
        refuse(404, 'no-bench', 'That is not part of this workshop.');
      return context.json({ number: await store.post(to, body as MessageBody, now()) }, 201);
    })
    .patch('/settings', async (context) => {
      const change = await readBody(context.req, SettingsChange);
      await store.changeSettings(context.var.workshop.id, (settings) => withChange(settings, change));
      await store.post(undefined, { kind: 'settings' }, now());
      return context.body(null, 204);
    })
    .route('/people', peopleRoutes(server))
    .route('/', gradeRoutes(server));
}

/** `null` takes a setting away. */
function withChange(settings: Settings, change: z.infer<typeof SettingsChange>): Settings {
  const merged = { ...settings, ...change };
  const { opensAt, closesAt } = merged;
  if (typeof opensAt === 'number' && typeof closesAt === 'number' && closesAt <= opensAt) {
    refuse(400, 'ends-first', 'The end lies before the beginning.');
  }
  return Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== null && value !== undefined),
  ) as unknown as Settings;
}

function instructorOnly({ guesses, addressOf }: WorkshopServer) {
  return createMiddleware<Env>(async (context, next) => {
    const [, key = ''] = /^Bearer ([\w-]+)$/.exec(context.req.header('authorization') ?? '') ?? [];
    if (!sameSecret(hashOf(key), context.var.workshop.instructorHash)) {
      const address = addressOf(context);
      const wait = guesses.wait(address);
      if (wait > 0) refuse(429, 'slow-down', 'Too many wrong keys from here. Try again in a minute.', { wait });
      guesses.wrong(address);
      refuse(401, 'not-instructor', 'This link does not open the board. It is printed where the workshop was started.');
    }
    await next();
  });
}
