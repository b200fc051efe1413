import type { Person } from '../records.ts';
import { type CountedGrade, countedGrades } from '../server/counted-grades.ts';
import { isRefusal, PATIENCE_MS, RETRY_AFTER_MS } from '../server/retries.ts';
import type { Store } from '../store/store.ts';
import { SCORE_SCOPE } from './id-token.ts';
import type { LtiPlatform } from './platform.ts';
import type { ToolKeys } from './tool-keys.ts';

/** What platforms are reached by; a test has its own. */
export interface LtiWorld {
  /** Milliseconds since 1970. */
  now(): number;
  readonly fetch: typeof fetch;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** For whoever runs the server. */
  complain(text: string): void;
}

const ASSERTION_LIFE_S = 300;
/** Leave to write is asked for again so long before it ends. */
const EARLY_MS = 60_000;

interface Leave {
  readonly token: string;
  readonly until: number;
}

/**
 * Writes grades into the gradebooks of platforms, by Assignment and Grade Services 2.0
 * (https://www.imsglobal.org/spec/lti-ags/v2p0): of each person and exercise the one that counts when it is sent. What waits is in
 * memory; a platform that is away gets it later, one after the other.
 */
export class GradePassback {
  readonly #store: Store;
  readonly #platforms: readonly LtiPlatform[];
  readonly #keys: ToolKeys;
  readonly #world: LtiWorld;
  readonly #ending = new AbortController();
  /** Person and exercise: what was graded again before it was sent is sent once. */
  readonly #waiting = new Set<string>();
  readonly #lines = new Map<LtiPlatform, Promise<void>>();
  readonly #leaves = new Map<LtiPlatform, Leave>();

  constructor(store: Store, platforms: readonly LtiPlatform[], keys: ToolKeys, world: LtiWorld) {
    this.#store = store;
    this.#platforms = platforms;
    this.#keys = keys;
    this.#world = world;
  }

  /** A grading of somebody's was kept: it concerns them and whoever works with them. Nobody waits for it. */
  async graded(personId: string, exerciseId: string): Promise<void> {
    const people = await this.#store.people();
    for (const person of people) {
      if (person.id === personId || person.pairedWith === personId) this.#enqueue(person, exerciseId);
    }
  }

  close(): void {
    this.#ending.abort();
  }

  /** When everything that waits is sent or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#lines.values());
  }

  #enqueue({ id, lti }: Person, exerciseId: string): void {
    const platform = this.#platforms.find((each) => each.issuer === lti?.issuer && each.clientId === lti.clientId);
    const key = `${id} ${exerciseId}`;
    if (platform === undefined || lti?.lineItems[exerciseId] === undefined || this.#waiting.has(key)) return;
    this.#waiting.add(key);
    const line = this.#lines.get(platform) ?? Promise.resolve();
    const deliver = (): Promise<void> => {
      this.#waiting.delete(key);
      return this.#deliver(platform, id, exerciseId);
    };
    this.#lines.set(
      platform,
      line.then(deliver).catch((error: Error) => this.#world.complain(`LTI: ${error.message}`)),
    );
  }

  async #deliver(platform: LtiPlatform, personId: string, exerciseId: string): Promise<void> {
    for (const delayMs of [...RETRY_AFTER_MS, undefined]) {
      if (this.#ending.signal.aborted) return;
      const outcome = await this.#attempt(platform, personId, exerciseId);
      if (outcome === 'done') return;
      if (outcome.refused || delayMs === undefined) {
        this.#world.complain(
          `LTI: a grade of ${exerciseId} was given up: ${new URL(platform.tokenUrl).host} ${outcome.reason}`,
        );
        return;
      }
      await this.#world.wait(delayMs, this.#ending.signal).catch(() => {});
    }
  }

  async #attempt(
    platform: LtiPlatform,
    personId: string,
    exerciseId: string,
  ): Promise<'done' | { readonly reason: string; readonly refused: boolean }> {
    const { lti, pairedWith } = (await this.#store.person(personId)) ?? {};
    const lineItem = lti?.lineItems[exerciseId];
    const grade = await this.#gradeOf(pairedWith ?? personId, exerciseId);
    if (lti === undefined || lineItem === undefined || grade === undefined) return 'done';
    try {
      const leave = await this.#leave(platform);
      if (typeof leave !== 'string') return leave;
      const { ok, status } = await this.#post(scoresOf(lineItem), JSON.stringify(this.#score(lti.subject, grade)), {
        authorization: `Bearer ${leave}`,
        'content-type': 'application/vnd.ims.lis.v1.score+json',
      });
      if (ok) return 'done';
      // Leave that has ended early is asked for anew.
      if (status === 401 && this.#leaves.delete(platform)) return { reason: 'answers 401', refused: false };
      return { reason: `answers ${status}`, refused: isRefusal(status) };
    } catch (error) {
      return { reason: `cannot be reached: ${(error as Error).message}`, refused: false };
    }
  }

  async #gradeOf(personId: string, exerciseId: string): Promise<CountedGrade | undefined> {
    const settings = (await this.#store.workshop())?.settings;
    if (settings === undefined) return undefined;
    const grades = (await this.#store.grades(personId)).filter((grade) => grade.exerciseId === exerciseId);
    return countedGrades(grades, settings)[0];
  }

  #score(userId: string, { score, points, late, problem, checks }: CountedGrade): object {
    const outcome = checks.map(({ title, earned, points: of }) => `${title}: ${earned}/${of}`).join('\n');
    return {
      userId,
      timestamp: new Date(this.#world.now()).toISOString(),
      activityProgress: 'Submitted',
      comment: [late ? 'late' : '', problem ?? outcome].filter((each) => each !== '').join('\n'),
      ...(problem === undefined
        ? { gradingProgress: 'FullyGraded', scoreGiven: score, scoreMaximum: points }
        : { gradingProgress: 'Failed' }),
    };
  }

  /** Leave to write scores: OAuth 2.0 client credentials, with a signed assertion in the place of a secret. */
  async #leave(platform: LtiPlatform): Promise<string | { readonly reason: string; readonly refused: boolean }> {
    const { now } = this.#world;
    const kept = this.#leaves.get(platform);
    if (kept !== undefined && now() < kept.until - EARLY_MS) return kept.token;
    const { clientId, tokenUrl } = platform;
    const assertion = await this.#keys.sign({ iss: clientId, sub: clientId, aud: tokenUrl }, now(), ASSERTION_LIFE_S);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      scope: SCORE_SCOPE,
    });
    const answer = await this.#post(tokenUrl, body.toString(), { 'content-type': 'application/x-www-form-urlencoded' });
    if (!answer.ok) return { reason: `gives no leave (${answer.status})`, refused: isRefusal(answer.status) };
    const { access_token: token, expires_in: lifeS } = (await answer.json()) as Readonly<Record<string, unknown>>;
    if (typeof token !== 'string') return { reason: 'gives no token', refused: true };
    this.#leaves.set(platform, { token, until: now() + (Number(lifeS) || 3600) * 1000 });
    return token;
  }

  #post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(PATIENCE_MS)]);
    return this.#world.fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
  }
}

/** A line item's scores: its path goes on, its query stays. */
function scoresOf(lineItem: string): string {
  const url = new URL(lineItem);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/scores`;
  return url.href;
}
