import { Hono } from 'hono';
import { z } from 'zod';
import type { Person } from '../records.ts';
import type { Env, WorkshopServer } from './context.ts';
import { readBody, refuse } from './refusal.ts';
import { hashOf, newToken, plainCode, sameSecret } from './secrets.ts';

const LONGEST_NAME = 60;
/** So many may join; what a laptop bears, and a bound for whoever joins over and over. */
export const MOST_PEOPLE = 20_000;

const Join = z.object({
  code: z.string().max(40),
  name: z.string().max(LONGEST_NAME).transform(plainName),
});

/** How people come in: what is on the door, and the door. */
export function joinRoutes(server: WorkshopServer): Hono<Env> {
  const { store, now, guesses, roster } = server;
  return new Hono<Env>()
    .get('/', async (context) => {
      const { title } = context.var.workshop;
      return context.json({ title, roster: roster !== undefined });
    })
    .post('/', async (context) => {
      const address = server.addressOf(context);
      const wait = guesses.wait(address);
      if (wait > 0) {
        refuse(429, 'slow-down', `Too many wrong codes. Try again in ${wait} seconds.`, { wait });
      }
      const { code, name } = await readBody(context.req, Join);
      if (!sameSecret(plainCode(code), context.var.workshop.code)) {
        guesses.wrong(address);
        refuse(403, 'wrong-code', 'That is not the code of this workshop. It is on the wall.');
      }
      if (name === '') refuse(400, 'no-name', 'A name is missing: the one by which your instructor knows you.');
      const rosterId = roster?.get(rosterKey(name));
      if (roster !== undefined && rosterId === undefined) {
        refuse(403, 'not-listed', 'That name is not on the list of this workshop. Write it as on the list, or ask.');
      }
      if ((await store.countPeople()) >= MOST_PEOPLE) refuse(503, 'full', 'This workshop is full.');
      const token = newToken();
      const person: Person = {
        id: newToken().slice(0, 12),
        name,
        tokenHash: hashOf(token),
        joinedAt: now(),
        seenAt: now(),
        ...(rosterId === undefined ? {} : { rosterId }),
      };
      if (!(await store.addPerson(person))) {
        refuse(
          409,
          'name-taken',
          'Somebody with that name is here. If it is you, use your personal link; else add a letter.',
        );
      }
      server.happenings?.joined(person);
      return context.json({ id: person.id, name, token }, 201);
    });
}

/** A name as it is shown. Invisible letters would let two people bear what reads as one name. */
export function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim();
}

/** Names are matched however they are spaced and written large or small. */
export function rosterKey(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
