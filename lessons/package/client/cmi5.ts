import { type Lms, LmsError, type Standing } from './lms.ts';
import { RecordStore, type RecordStoreWorld } from './record-store.ts';
import { type Context, type Launch, statement, type Verb } from './statements.ts';

/** What this needs of the page; a test has its own. */
export interface Cmi5World extends RecordStoreWorld {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
}

/** What is kept in the store for the next time. */
interface Kept {
  readonly text?: string;
  /** What may be said once in a registration, and was. */
  readonly said?: readonly Verb[];
  /** The score that was told last. */
  readonly score?: number;
}

interface LaunchData {
  readonly contextTemplate?: Context;
  readonly launchMode?: string;
  readonly masteryScore?: number;
  readonly returnURL?: string;
}

/** Under which name what is kept lies in the store. */
const STATE = 'drydock';
/** Browsers send no more than 64 KiB on behalf of pages that are gone. */
const ROOM = 48_000;

/**
 * The system that has opened this page by cmi5 (section 8 of its specification); undefined where the address says of none.
 *
 * @throws LmsError when it does not answer as it should
 */
export async function openCmi5(address: URL, world: Cmi5World): Promise<Lms | undefined> {
  const asked = address.searchParams;
  const [endpoint, fetchUrl, actor, registration, activityId] = [
    'endpoint',
    'fetch',
    'actor',
    'registration',
    'activityId',
  ].map((name) => asked.get(name));
  if (!endpoint || !fetchUrl || !actor || !registration || !activityId) return undefined;
  try {
    const authorization = await authorizationOf(fetchUrl, world);
    const store = new RecordStore({ endpoint: endpoint.replace(/\/?$/, '/'), authorization }, world);
    const where = { activityId, agent: actor, registration };
    const data = (await store.document('activities/state', { ...where, stateId: 'LMS.LaunchData' })) as
      | LaunchData
      | undefined;
    if (data === undefined) throw new LmsError('it says nothing of the launch');
    // Asked for because cmi5 wants it so (section 11); there is nothing here that a preference changes.
    await store.document('agents/profile', { agent: actor, profileId: 'cmi5LearnerPreferences' }).catch(() => {});
    const kept = (await store.document('activities/state', { ...where, stateId: STATE })) as Kept | undefined;
    const { contextTemplate = {}, masteryScore } = data;
    const launch: Launch = {
      actor: JSON.parse(actor) as object,
      ...{ activityId, registration, contextTemplate },
      ...(masteryScore === undefined ? {} : { masteryScore }),
    };
    const lms = new Cmi5Lms(store, launch, data, kept ?? {}, { ...where, stateId: STATE }, world);
    if (!(await lms.begin())) throw new LmsError('it does not take statements');
    return lms;
  } catch (error) {
    if (error instanceof LmsError) throw error;
    throw new LmsError((error as Error).message);
  }
}

/**
 * The right to speak to the store. It is given once for each launch: a page that is loaded again has said good-bye, and its
 * session takes no more statements.
 */
async function authorizationOf(url: string, { fetch }: Cmi5World): Promise<string> {
  const response = await fetch(url, { method: 'POST' });
  const answer = (await response.json()) as { 'auth-token'?: unknown; 'error-text'?: unknown };
  const token = answer['auth-token'];
  if (typeof token === 'string') return `Basic ${token}`;
  const reason = answer['error-text'];
  throw new LmsError(typeof reason === 'string' ? reason.slice(0, 200) : 'this launch was used before');
}

class Cmi5Lms implements Lms {
  readonly kept: string | undefined;
  readonly room = ROOM;
  readonly passMark: number | undefined;
  readonly looking: boolean;
  readonly returnUrl: string | undefined;
  readonly #store: RecordStore;
  readonly #launch: Launch;
  readonly #place: Readonly<Record<string, string>>;
  readonly #world: Cmi5World;
  readonly #beganMs: number;
  /** Of this registration. */
  readonly #said: Set<Verb>;
  #text: string | undefined;
  #reported: number;
  #ended = false;
  #tell: (refused: boolean) => void = () => {};
  /** What was not taken yet, in its order. */
  #waiting: readonly object[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(
    store: RecordStore,
    launch: Launch,
    { launchMode, masteryScore, returnURL }: LaunchData,
    { text, said, score }: Kept,
    place: Readonly<Record<string, string>>,
    world: Cmi5World,
  ) {
    this.#store = store;
    this.#launch = launch;
    this.#place = place;
    this.#world = world;
    this.#beganMs = world.now();
    this.#said = new Set(said);
    this.#reported = score ?? 0;
    this.#text = text;
    this.kept = text;
    this.passMark = masteryScore;
    this.looking = launchMode !== undefined && launchMode !== 'Normal';
    // An address of the web and nothing else: a course that is gone back to could be a script.
    this.returnUrl = returnURL !== undefined && /^https?:\/\//i.test(returnURL) ? returnURL : undefined;
  }

  begin(): Promise<boolean> {
    return this.#store.statements([this.#statement('initialized')]);
  }

  report(standing: Standing): void {
    const news = this.#news(standing);
    if (news.length === 0) return;
    this.#waiting = [...this.#waiting, ...news.map((verb) => this.#statement(verb, standing))];
    this.#then(() => this.#sendWaiting());
    this.#then(() => this.#putKept());
  }

  keep(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#then(() => this.#putKept());
  }

  end(standing: Standing): void {
    if (this.#ended) return;
    this.#ended = true;
    const news = this.looking ? [] : this.#news(standing);
    // Once in a session, and never after it was passed: what somebody got who goes away without.
    const failed: readonly Verb[] =
      standing.judged && !standing.passed && !this.#said.has('passed') && !this.looking ? ['failed'] : [];
    const last = [...news, ...failed, 'terminated' as const].map((verb) => this.#statement(verb, standing));
    void this.#store.statements([...this.#waiting, ...last], true);
    void this.#store.put('activities/state', this.#place, this.#keptNow(), true);
  }

  onTrouble(listener: (refused: boolean) => void): void {
    this.#tell = listener;
  }

  /** What has become true since it was last said. */
  #news({ score, completed, passed }: Standing): readonly Verb[] {
    const news: Verb[] = [];
    if (score !== this.#reported && !this.#said.has('completed') && !completed) news.push('progressed');
    if (completed && !this.#said.has('completed')) news.push('completed');
    if (passed && !this.#said.has('passed')) news.push('passed');
    this.#reported = score;
    for (const verb of news) if (verb !== 'progressed') this.#said.add(verb);
    return news;
  }

  #statement(verb: Verb, standing: Standing = NOTHING): object {
    const at = this.#world.now();
    const about = { id: this.#world.newId(), at, sessionMs: at - this.#beganMs, standing };
    return statement(verb, this.#launch, about);
  }

  async #sendWaiting(): Promise<boolean> {
    const sent = this.#waiting;
    if (sent.length === 0) return true;
    const taken = await this.#store.statements(sent);
    if (taken) this.#waiting = this.#waiting.filter((each) => !sent.includes(each));
    return taken;
  }

  #putKept(): Promise<boolean> {
    return this.#store.put('activities/state', this.#place, this.#keptNow());
  }

  #keptNow(): Kept {
    return { said: [...this.#said], score: this.#reported, ...(this.#text === undefined ? {} : { text: this.#text }) };
  }

  /** One after the other, so that the store hears of things in their order. */
  #then(send: () => Promise<boolean>): void {
    this.#last = this.#last.then(async () => {
      if (!this.#ended) this.#tell(!(await send()));
    });
  }
}

const NOTHING: Standing = { score: 0, completed: false, passed: false, judged: false };
