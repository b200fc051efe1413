import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { newToken, sameSecret } from '../server/secrets.ts';
import type { LtiWorld } from './grade-passback.ts';
import { IdTokens, type LtiLaunch } from './id-token.ts';
import { OneTime } from './one-time.ts';
import type { LtiPlatform, LtiSettings } from './platform.ts';
import { LtiRefusal } from './refusal.ts';

/** Where LTI lies on the site. */
export const LTI = '/workshop/lti';

/** From the login to the launch: somebody may have to type a password. */
const LIFE_MS = 10 * 60_000;
/** So many are under way at once. */
const MOST = 20_000;

interface Login {
  readonly platform: LtiPlatform;
  readonly nonce: string;
}

/** The first two steps of a launch: https://www.imsglobal.org/spec/security/v1p0 section 5.1.1. */
export class Logins {
  readonly #settings: LtiSettings;
  /** By the state. Its nonce goes with it: each is taken once. */
  readonly #underWay: OneTime<Login>;
  readonly #tokens: IdTokens;

  constructor(settings: LtiSettings, { fetch, now }: LtiWorld) {
    this.#settings = settings;
    this.#underWay = new OneTime(LIFE_MS, MOST, now);
    this.#tokens = new IdTokens(fetch, now);
  }

  /** A platform says who comes, and is asked to prove it. @throws LtiRefusal */
  begin(context: Context, fields: URLSearchParams): Response {
    const [issuer, clientId] = [fields.get('iss'), fields.get('client_id')];
    const platform = this.#settings.platforms.find(
      (each) => each.issuer === issuer && (clientId === null || each.clientId === clientId),
    );
    if (platform === undefined) throw new LtiRefusal('the platform is not known here');
    const hint = fields.get('login_hint');
    if (hint === null) throw new LtiRefusal('the login says of nobody');
    const nonce = newToken();
    const state = this.#underWay.give({ platform, nonce });
    // Only the browser that began may end it. In a course's frame this is another site's cookie.
    setCookie(context, cookieOf(state), state, {
      path: LTI,
      secure: true,
      httpOnly: true,
      sameSite: 'None',
      partitioned: true,
      maxAge: LIFE_MS / 1000,
    });
    const messageHint = fields.get('lti_message_hint');
    const asked = {
      scope: 'openid',
      response_type: 'id_token',
      response_mode: 'form_post',
      prompt: 'none',
      client_id: platform.clientId,
      redirect_uri: `${this.#settings.address}${LTI}/launch`,
      login_hint: hint,
      state,
      nonce,
      ...(messageHint === null ? {} : { lti_message_hint: messageHint }),
    };
    const url = new URL(platform.authorizationUrl);
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return context.redirect(url.href);
  }

  /** The platform has answered by the browser that began. @throws LtiRefusal */
  async end(context: Context, fields: URLSearchParams): Promise<LtiLaunch> {
    const state = fields.get('state') ?? '';
    const login = this.#underWay.take(state);
    if (login === undefined) throw new LtiRefusal('the login was used before, or too long ago');
    if (!sameSecret(getCookie(context, cookieOf(state)) ?? '', state)) {
      throw new LtiRefusal(
        'it was begun in another browser, or this one keeps no cookies here; open the link in a new window',
      );
    }
    const token = fields.get('id_token');
    if (token === null) throw new LtiRefusal(`the platform says: ${(fields.get('error') ?? 'nothing').slice(0, 100)}`);
    return this.#tokens.read(token, login.platform, login.nonce);
  }
}

/** A name of its own for each login, so that two links opened at once both end well. */
function cookieOf(state: string): string {
  return `lti-${state.slice(0, 16)}`;
}
