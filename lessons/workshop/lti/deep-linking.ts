import type { BenchCard } from '../bench-card.ts';
import { newToken } from '../server/secrets.ts';
import type { LtiWorld } from './grade-passback.ts';
import type { LtiLaunch } from './id-token.ts';
import { LTI } from './logins.ts';
import { OneTime } from './one-time.ts';
import { LtiRefusal } from './refusal.ts';
import type { ToolKeys } from './tool-keys.ts';

const LIFE_MS = 60 * 60_000;
/** So many instructors choose at once. */
const MOST = 1000;
/** How long the answer is good, in seconds. */
const ANSWER_LIFE_S = 300;

const CLAIM = 'https://purl.imsglobal.org/spec/lti/claim/';
const CONTENT = 'https://purl.imsglobal.org/spec/lti-dl/claim/';

/** An instructor chooses what their course links to: https://www.imsglobal.org/spec/lti-dl/v2p0. */
export class DeepLinking {
  readonly #address: string;
  readonly #keys: ToolKeys;
  readonly #world: LtiWorld;
  readonly #underWay: OneTime<LtiLaunch>;

  constructor(address: string, keys: ToolKeys, world: LtiWorld) {
    this.#address = address;
    this.#keys = keys;
    this.#world = world;
    this.#underWay = new OneTime(LIFE_MS, MOST, world.now);
  }

  /** Returns the ticket by which the choice is brought back, once. @throws LtiRefusal */
  offer(launch: LtiLaunch): string {
    if (!launch.roles.some((role) => /#(Instructor|Administrator|ContentDeveloper)$/.test(role))) {
      throw new LtiRefusal('only an instructor chooses what a course links to');
    }
    return this.#underWay.give(launch);
  }

  /** What the browser carries to the platform. @throws LtiRefusal */
  async choose(ticket: string, ids: readonly string[], offered: readonly BenchCard[]) {
    const launch = this.#underWay.take(ticket);
    if (launch?.deepLinking === undefined) throw new LtiRefusal('that choice was made before, or too long ago');
    const { returnUrl, multiple } = launch.deepLinking;
    const chosen = offered.filter(({ id }) => ids.includes(id)).slice(0, multiple ? undefined : 1);
    const jwt = await this.#keys.sign(this.#answer(launch, chosen), this.#world.now(), ANSWER_LIFE_S);
    return { returnUrl, jwt, titles: chosen.map(({ title }) => title) };
  }

  #answer({ platform, deploymentId, deepLinking }: LtiLaunch, cards: readonly BenchCard[]) {
    return {
      iss: platform.clientId,
      aud: platform.issuer,
      nonce: newToken(),
      [`${CLAIM}message_type`]: 'LtiDeepLinkingResponse',
      [`${CLAIM}version`]: '1.3.0',
      [`${CLAIM}deployment_id`]: deploymentId,
      [`${CONTENT}content_items`]: cards.map((card) => ({
        type: 'ltiResourceLink',
        title: card.title,
        url: `${this.#address}${LTI}/launch`,
        custom: { bench: card.id },
        ...(card.exercise === undefined ? {} : { lineItem: lineItemOf(card) }),
      })),
      ...(deepLinking?.data === undefined ? {} : { [`${CONTENT}data`]: deepLinking.data }),
    };
  }
}

function lineItemOf({ id, title, checks }: BenchCard): object {
  const scoreMaximum = checks.reduce((sum, { points = 0 }) => sum + points, 0);
  return { label: title, scoreMaximum, resourceId: id };
}
