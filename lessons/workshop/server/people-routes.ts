import { Hono } from 'hono';
import { z } from 'zod';
import type { Env, WorkshopServer } from './context.ts';
import { readBody, refuse } from './refusal.ts';
import { runAnswer } from './run-answer.ts';
import { hashOf, newToken } from './secrets.ts';
import { Id } from './shapes.ts';

/** What the instructor does with one person. */
export function peopleRoutes({ store, now }: WorkshopServer): Hono<Env> {
  return new Hono<Env>()
    .put('/:id/pair', async (context) => {
      const { with: other } = await readBody(context.req, z.object({ with: Id.nullable() }));
      const id = context.req.param('id');
      if (other === id) refuse(400, 'alone', 'Nobody can be paired with themselves.');
      const partner = other === null ? undefined : await store.person(other);
      if (other !== null && partner === undefined) refuse(404, 'no-person', 'Nobody here has that id.');
      if (partner?.pairedWith !== undefined)
        refuse(409, 'paired', 'That person works on somebody else’s bench already.');
      await store.changePerson(id, { pairedWith: other ?? undefined });
      await store.post(id, { kind: 'settings' }, now());
      return context.body(null, 204);
    })
    .put('/:id/hand', async (context) => {
      await store.changePerson(context.req.param('id'), { handAt: undefined });
      await store.post(context.req.param('id'), { kind: 'settings' }, now());
      return context.body(null, 204);
    })
    .post('/:id/link', async (context) => {
      // For whoever has lost theirs; the old one is no longer good.
      const token = newToken();
      await store.changePerson(context.req.param('id'), { tokenHash: hashOf(token) });
      return context.json({ token });
    })
    .get('/:id/runs/:bench', async (context) => {
      const { id, bench } = context.req.param();
      const run = await store.run(id, bench);
      if (run === undefined) refuse(404, 'no-run', 'There is nothing of theirs on that bench.');
      return runAnswer(context, store, run);
    });
}
