import type { ClusterOptions, JournalEntry } from '@drydock/engine';
import { Hono } from 'hono';
import { z } from 'zod';
import { cardIdOf } from '../bench-card.ts';
import type { CheckState, Settings } from '../records.ts';
import { admission } from './admission.ts';
import { cardOf, type Env, type WorkshopServer } from './context.ts';
import { readBody, refuse } from './refusal.ts';
import { runAnswer } from './run-answer.ts';
import { Id } from './shapes.ts';

const Point = z.object({ timeMs: z.number().nonnegative(), step: z.number().int().nonnegative() });
const Entry = z.looseObject({ timeMs: z.number().nonnegative(), step: z.number().int().nonnegative() });

const BeginRun = z.object({
  runId: Id,
  version: Id,
  options: z.record(z.string(), z.unknown()),
  /** The run that this one takes the place of, as far as the page knows; empty where it knows of none. */
  instead: z.string().max(100).optional(),
});
const Append = z.object({
  runId: Id,
  from: z.number().int().nonnegative(),
  entries: z.array(Entry).max(2000),
  end: Point.optional(),
  checks: z
    .array(z.object({ id: Id, met: z.boolean() }))
    .max(100)
    .default([]),
});

/** A learner's own runs: their journals in, and out again on another device. */
export function runRoutes(server: WorkshopServer): Hono<Env> {
  const { store, now } = server;
  return new Hono<Env>()
    .get('/:bench', async (context) => {
      const bench = context.req.param('bench');
      const run = await store.run(ownerOf(context.var.person), bench);
      if (run === undefined) return context.json(null);
      return runAnswer(context, store, run);
    })
    .put('/:bench', async (context) => {
      const bench = context.req.param('bench');
      const { runId, version, options, instead } = await readBody(context.req, BeginRun);
      mayWork(server, context.var.workshop.settings, bench);
      if (!context.var.workshop.settings.benches[cardIdOf(bench)]?.includes(version)) {
        refuse(
          409,
          'other-version',
          'This page is not the one that the workshop began with, so what you do here cannot be followed. Reload it; if that does not help, tell your instructor.',
        );
      }
      const personId = ownerOf(context.var.person);
      const there = await store.run(personId, bench);
      if (instead !== undefined && there !== undefined && there.count > 0 && ![runId, instead].includes(there.runId)) {
        refuse(409, 'gone-on', 'Another window or device has begun another run of this bench.');
      }
      const run = { personId, benchId: bench, runId, options: options as ClusterOptions, beganAt: now() };
      if (!(await store.beginRun(run))) tooMuch();
      return context.body(null, 204);
    })
    .post('/:bench', async (context) => {
      const bench = context.req.param('bench');
      const { runId, from, entries, end, checks } = await readBody(context.req, Append);
      const late = mayWork(server, context.var.workshop.settings, bench);
      // What was typed on one's own bench before a pairing may come after it.
      const personId = context.req.query('own') === undefined ? ownerOf(context.var.person) : context.var.person.id;
      const batch = {
        from,
        entries: entries as unknown as readonly JournalEntry[],
        ...(end === undefined ? {} : { end }),
      };
      const appended = await store.append(personId, bench, runId, batch, now());
      if ('refused' in appended) {
        const { refused, count } = appended;
        if (refused === 'too much') tooMuch();
        if (refused === 'diverged') {
          refuse(409, 'diverged', 'Another window or device has gone on with this run in another way.', { count });
        }
        if (refused === 'too long')
          refuse(413, 'too-long', 'This run has grown too long to be followed. Start over to go on in the workshop.');
        refuse(409, refused === 'gap' ? 'gap' : 'unknown-run', 'The server has another part of this run.', { count });
      }
      const states = await newStates(server, personId, bench, checks);
      await store.setChecks(states);
      server.happenings?.checks(states);
      return context.json({ count: appended.count, late });
    });
}

function tooMuch(): never {
  refuse(413, 'too-much', 'Your runs take up all the room that a person has in this workshop. Ask your instructor.');
}

/** People who are paired work on one person's benches. */
export function ownerOf({ id, pairedWith }: { readonly id: string; readonly pairedWith?: string }): string {
  return pairedWith ?? id;
}

/** Refuses work on what is locked or over; tells whether it is late. */
export function mayWork(server: WorkshopServer, settings: Settings, bench: string): boolean {
  const card = cardOf(server, bench);
  if (card === undefined || settings.benches[card.id] === undefined)
    refuse(404, 'no-bench', 'That is not part of this workshop.');
  if (settings.locked.includes(card.id)) refuse(423, 'locked', 'This is not open yet. Your instructor opens it.');
  const state = admission(settings, server.now());
  if (state === 'early') refuse(423, 'early', 'The workshop has not begun.');
  if (state === 'over') refuse(423, 'over', 'The workshop is over. What you do now stays on this device.');
  return state === 'late';
}

/** States that differ from what is known, with the moment a check was first met kept. */
async function newStates(
  server: WorkshopServer,
  personId: string,
  benchId: string,
  checks: readonly { readonly id: string; readonly met: boolean }[],
): Promise<readonly CheckState[]> {
  if (checks.length === 0) return [];
  const { store, now } = server;
  const known = new Map(
    (await store.checks(personId)).filter((each) => each.benchId === benchId).map((each) => [each.checkId, each]),
  );
  const exists = new Set(cardOf(server, benchId)?.checks.map(({ id }) => id));
  return checks.flatMap(({ id: checkId, met }) => {
    const before = known.get(checkId);
    if (!exists.has(checkId) || before?.met === met || (before === undefined && !met)) return [];
    const firstMetAt = before?.firstMetAt ?? (met ? now() : undefined);
    return [{ personId, benchId, checkId, met, changedAt: now(), ...(firstMetAt === undefined ? {} : { firstMetAt }) }];
  });
}
