import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Env, WorkshopServer } from './context.ts';
import { readBody, refuse } from './refusal.ts';
import { reportOf } from './report-answer.ts';
import { runAnswer } from './run-answer.ts';
import { hashOf, newToken } from './secrets.ts';
import { Id } from './shapes.ts';

/** What the instructor does with one person. */
export function peopleRoutes(server: WorkshopServer): Hono<Env> {
  const { store, now } = server;
  return new Hono<Env>()
    .put('/:id/pair', async (context) => {
      const { with: other } = await readBody(context.req, z.object({ with: Id.nullable() }));
      const id = await idOf(context);
      if (other === id) refuse(400, 'alone', 'Nobody can be paired with themselves.');
      const partner = other === null ? undefined : await store.person(other);
      if (other !== null && partner === undefined) refuse(404, 'no-person', 'Nobody here has that id.');
      const followed = other !== null && (await store.people()).some(({ pairedWith }) => pairedWith === id);
      if (partner?.pairedWith !== undefined || followed) {
        refuse(409, 'paired', 'One of the two works on somebody else’s bench already, or somebody works on theirs.');
      }
      const before = (await store.person(id))?.pairedWith;
      await store.changePerson(id, { pairedWith: other ?? undefined });
      await tellHosts(new Set([before, other ?? undefined]));
      await store.post(id, { kind: 'settings' }, now());
      return context.body(null, 204);
    })
    .delete('/:id', async (context) => {
      await store.removePerson(await idOf(context));
      return context.body(null, 204);
    })
    .put('/:id/hand', async (context) => {
      const id = await idOf(context);
      await store.changePerson(id, { handAt: undefined });
      await store.post(id, { kind: 'settings' }, now());
      return context.body(null, 204);
    })
    .post('/:id/link', async (context) => {
      // For whoever has lost theirs; the old one is no longer good.
      const token = newToken();
      await store.changeToken(await idOf(context), hashOf(token));
      return context.json({ token });
    })
    .get('/:id/report', async (context) => {
      const person = await store.person(context.req.param('id'));
      if (person === undefined) refuse(404, 'no-person', 'Nobody here has that id.');
      return context.json(await reportOf(server, context.var.workshop, person));
    })
    .get('/:id/runs/:bench', async (context) => {
      const { id, bench } = context.req.param();
      const run = await store.run(id, bench);
      if (run === undefined) refuse(404, 'no-run', 'There is nothing of theirs on that bench.');
      return runAnswer(context, store, run);
    });

  /** Those on whose bench somebody comes or goes know who is there. */
  async function tellHosts(hosts: ReadonlySet<string | undefined>): Promise<void> {
    const people = await store.people();
    for (const { id } of people.filter((person) => hosts.has(person.id))) {
      const guests = people.filter(({ pairedWith }) => pairedWith === id).map((guest) => guest.id);
      await store.changePerson(id, { guests });
      await store.post(id, { kind: 'settings' }, now());
    }
  }

  /** Of somebody who is here. */
  async function idOf(context: Context<Env>): Promise<string> {
    const id = context.req.param('id') ?? '';
    if ((await store.person(id)) === undefined) refuse(404, 'no-person', 'Nobody here has that id.');
    return id;
  }
}
