import type { Message, Person } from '../records.ts';
import type { Change } from '../store/store.ts';
import type { WorkshopServer } from './context.ts';
import { type EventSink, eventFrame } from './event-stream.ts';
import { refuse } from './refusal.ts';
import { ownerOf } from './run-routes.ts';

/** A browser opens six connections to a server at most. */
const MOST_STREAMS = 20;

interface Listener {
  person: Person;
  readonly sink: EventSink;
  /** The number of the last message that they were sent. */
  last: number;
  /** Whether they have what was said before they came, so that what comes next may follow. */
  ready: boolean;
}

/**
 * What the instructor says, to learners who listen. Thousands may: the storage is asked once for what is new, and what goes
 * to all is made once. Learners hear of their grades by the same way.
 */
export class MessageStreams {
  readonly #server: Pick<WorkshopServer, 'store' | 'now'>;
  /** By the person's id. */
  readonly #listeners = new Map<string, Set<Listener>>();
  /** The number of the last message that went round. */
  #heard = 0;
  #round: Promise<void> = Promise.resolve();

  constructor(server: Pick<WorkshopServer, 'store' | 'now'>) {
    this.#server = server;
    server.store.onChange((change) => this.#hear(change));
  }

  /** @throws HTTPException where somebody has too many windows open */
  admit({ id }: Person): void {
    if ((this.#listeners.get(id)?.size ?? 0) < MOST_STREAMS) return;
    refuse(429, 'too-many', 'Too many windows with this link. Close some of them.');
  }

  /** @param last the number of the last message they have. Returns how to stop. */
  listen(person: Person, sink: EventSink, last: number): () => void {
    const listener: Listener = { person, sink, last, ready: false };
    const others = this.#listeners.get(person.id);
    if (others === undefined) this.#listeners.set(person.id, new Set([listener]));
    else others.add(listener);
    this.#catchUp(listener).catch(() => sink.close());
    return () => {
      const all = this.#listeners.get(person.id);
      all?.delete(listener);
      if (all?.size === 0) this.#listeners.delete(person.id);
    };
  }

  /** What is said meanwhile goes round before they are ready, so they ask again until nothing has. */
  async #catchUp(listener: Listener): Promise<void> {
    let heard: number;
    do {
      heard = this.#heard;
      for (const message of await this.#server.store.messages(listener.person.id, listener.last)) {
        this.#send(listener, message, this.#frameOf(message));
      }
    } while (this.#heard !== heard);
    listener.ready = true;
  }

  #hear(change: Change): void {
    // A workshop that changes as a whole is also what is told after the connection to the database was lost.
    if (change.kind === 'message' || change.kind === 'workshop') {
      this.#round = this.#round.then(() => this.#goRound()).catch(() => {});
    }
    if (change.kind === 'grade') {
      for (const { person, sink } of this.#all()) if (ownerOf(person) === change.personId) sink.send('grade', {});
    }
    if (change.kind === 'link') for (const { sink } of this.#listeners.get(change.personId) ?? []) sink.close();
  }

  async #goRound(): Promise<void> {
    const messages = await this.#server.store.messages(undefined, this.#heard);
    for (const message of messages) {
      const frame = this.#frameOf(message);
      const addressees = message.to === undefined ? this.#all() : (this.#listeners.get(message.to) ?? []);
      for (const listener of addressees) if (listener.ready) this.#send(listener, message, frame);
      this.#heard = message.number;
      if (message.to !== undefined && message.body.kind === 'settings') await this.#readAgain(message.to);
    }
  }

  /** Somebody's own settings have changed, so they may be paired with another person. */
  async #readAgain(id: string): Promise<void> {
    const person = await this.#server.store.person(id);
    for (const listener of this.#listeners.get(id) ?? []) listener.person = person ?? listener.person;
  }

  #send(listener: Listener, { number }: Message, frame: Uint8Array): void {
    if (number <= listener.last) return;
    listener.last = number;
    listener.sink.write(frame);
  }

  #frameOf({ number, at, body }: Message): Uint8Array {
    return eventFrame('message', { at, ageMs: this.#server.now() - at, body }, number);
  }

  *#all(): Iterable<Listener> {
    for (const listeners of this.#listeners.values()) yield* listeners;
  }
}
