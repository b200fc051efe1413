import { createHash, randomBytes } from 'node:crypto';
import { type BenchCard, cardIdOf } from '../bench-card.ts';
import type { Person, Workshop } from '../records.ts';
import type { WorkshopServer } from '../server/context.ts';
import { MOST_PEOPLE, plainName } from '../server/join-routes.ts';
import { hashOf } from '../server/secrets.ts';
import type { LtiLaunch } from './id-token.ts';
import { LtiRefusal } from './refusal.ts';
import type { ToolKeys } from './tool-keys.ts';

/** So many may bear one name; each has a number after it. */
const MOST_NAMESAKES = 200;

export interface Arrival {
  readonly person: Person;
  /** Of their personal link. */
  readonly token: string;
  /** Whether they were here before. */
  readonly known: boolean;
  /** What the link leads to; absent: the list of everything. */
  readonly card?: BenchCard;
}

/**
 * Somebody whom a platform has sent is somebody of the workshop from then on, the same whenever they come. Where the platform
 * takes a grade for what the link leads to, it is remembered where.
 *
 * @throws LtiRefusal
 */
export async function arrive(
  server: WorkshopServer,
  workshop: Workshop,
  keys: ToolKeys,
  launch: LtiLaunch,
): Promise<Arrival> {
  const { store } = server;
  const card = cardOfLink(server, workshop, launch);
  const { issuer, clientId } = launch.platform;
  const id = createHash('sha256')
    .update(JSON.stringify([issuer, launch.subject]))
    .digest('base64url')
    .slice(0, 12);
  const known = await store.person(id);
  const origin = { issuer, clientId, subject: launch.subject, ...known?.lti };
  const lineItems = {
    ...known?.lti?.lineItems,
    ...(launch.lineItem === undefined || card?.exercise === undefined ? {} : { [card.exercise]: launch.lineItem }),
  };
  const salt = known?.lti?.salt ?? randomBytes(9).toString('base64url');
  const token = keys.linkToken(issuer, launch.subject, salt);
  const with_ = card === undefined ? {} : { card };
  if (known === undefined) {
    const person = await add(server, launch, { id, tokenHash: hashOf(token), lti: { ...origin, salt, lineItems } });
    return { person, token, known: false, ...with_ };
  }
  if (hashOf(token) === known.tokenHash) {
    await store.changePerson(id, { lti: { ...origin, salt, lineItems } });
    return { person: known, token, known: true, ...with_ };
  }
  // The instructor has ended their link, or gave them another: this one is new, and the ended one stays so.
  const other = randomBytes(9).toString('base64url');
  const fresh = keys.linkToken(issuer, launch.subject, other);
  await store.changePerson(id, { lti: { ...origin, salt: other, lineItems } });
  await store.changeToken(id, hashOf(fresh));
  return { person: known, token: fresh, known: true, ...with_ };
}

async function add(
  { store, now, happenings }: WorkshopServer,
  launch: LtiLaunch,
  person: Pick<Person, 'id' | 'tokenHash' | 'lti'>,
): Promise<Person> {
  if ((await store.countPeople()) >= MOST_PEOPLE) throw new LtiRefusal('this workshop is full');
  const name = plainName(launch.name.slice(0, 50)) || 'Learner';
  for (let number = 1; number <= MOST_NAMESAKES; number++) {
    const added: Person = {
      ...person,
      name: number === 1 ? name : `${name} (${number})`,
      joinedAt: now(),
      seenAt: now(),
      ...(launch.sourcedId === undefined ? {} : { rosterId: launch.sourcedId }),
    };
    if (!(await store.addPerson(added))) continue;
    happenings?.joined(added);
    return added;
  }
  throw new LtiRefusal('too many in this workshop bear that name');
}

/** What the link was made for. */
function cardOfLink({ benches }: WorkshopServer, workshop: Workshop, { custom }: LtiLaunch): BenchCard | undefined {
  const id = custom['bench'];
  if (id === undefined) return undefined;
  const card = typeof id === 'string' ? benches.get(cardIdOf(id)) : undefined;
  if (card === undefined || workshop.settings.benches[card.id] === undefined) {
    throw new LtiRefusal('what this link leads to is not part of this workshop');
  }
  return card;
}
