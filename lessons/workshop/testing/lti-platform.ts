import {
  createLocalJWKSet,
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { LTI } from '../lti/logins.ts';
import type { LtiPlatform } from '../lti/platform.ts';
import type { Room } from './room.ts';

const CLAIM = 'https://purl.imsglobal.org/spec/lti/claim/';
export const AGS = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';
const DEEP_LINKING = 'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings';
export const ROLE = 'http://purl.imsglobal.org/vocab/lis/v2/membership#';
const SCORE_SCOPE = 'https://purl.imsglobal.org/spec/lti-ags/scope/score';

export const TOOL = 'https://workshop.example';
export const SCHOOL: LtiPlatform = {
  issuer: 'https://school.example',
  clientId: 'drydock',
  deploymentIds: ['course-7'],
  authorizationUrl: 'https://school.example/authorize',
  tokenUrl: 'https://school.example/token',
  keysUrl: 'https://school.example/keys',
};

export function claim(name: string): string {
  return `${CLAIM}${name}`;
}

/** A score as the gradebook has it. */
interface Score {
  readonly lineItem: string;
  readonly [field: string]: unknown;
}

/** What a launch that is not as it should be differs in. */
export interface Twist {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly kid?: string;
  /** Seconds before now that it was signed. */
  readonly ageS?: number;
  readonly cookie?: string;
  readonly state?: string;
  /** Signed by a key that is not the platform's. */
  readonly forged?: boolean;
  /** The token as it is sent. */
  token?(signed: string): string;
}

/** A learning management system, small: it signs launches, gives leave to write grades, and keeps them. */
export class LtiTestPlatform {
  readonly scores: Score[] = [];
  /** Answers that come before the right ones, by address. */
  readonly troubles: { readonly url: string; readonly status: number }[] = [];
  /** What was asked of it. */
  readonly asked: string[] = [];
  toolKeys: JSONWebKeySet | undefined;
  readonly #key: CryptoKey;
  readonly #otherKey: CryptoKey;
  readonly #keys: JSONWebKeySet;
  readonly #now: () => number;
  /** As the tool knows it. */
  readonly #school: LtiPlatform;

  private constructor(
    key: CryptoKey,
    otherKey: CryptoKey,
    keys: JSONWebKeySet,
    now: () => number,
    school: LtiPlatform,
  ) {
    this.#school = school;
    this.#key = key;
    this.#otherKey = otherKey;
    this.#keys = keys;
    this.#now = now;
  }

  /** Its own pair and a stranger's; making them takes longer than a launch. */
  static async newKeys() {
    return Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  }

  static async open(
    now: () => number,
    pairs: readonly GenerateKeyPairResult[],
    school = SCHOOL,
  ): Promise<LtiTestPlatform> {
    const [{ privateKey, publicKey }, other] = pairs as readonly [GenerateKeyPairResult, GenerateKeyPairResult];
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'school-1', alg: 'RS256', use: 'sig' }] };
    return new LtiTestPlatform(privateKey, other.privateKey, keys, now, school);
  }

  /** In the place of the network. */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = String(input instanceof Request ? input.url : input);
    this.asked.push(url);
    const trouble = this.troubles.findIndex((each) => url.startsWith(each.url));
    if (trouble >= 0) return new Response(null, { status: this.troubles.splice(trouble, 1)[0]!.status });
    if (url === this.#school.keysUrl) return Response.json(this.#keys);
    if (url === this.#school.tokenUrl) return this.#giveLeave(new URLSearchParams(String(init.body)));
    const [, lineItem] = /^(.*)\/scores(?=$|\?)/.exec(url) ?? [];
    const headers = new Headers(init.headers);
    if (lineItem === undefined || headers.get('authorization') !== 'Bearer leave')
      return new Response(null, { status: 401 });
    if (headers.get('content-type') !== 'application/vnd.ims.lis.v1.score+json')
      return new Response(null, { status: 415 });
    this.scores.push({ lineItem, ...(JSON.parse(String(init.body)) as object) });
    return new Response(null, { status: 204 });
  };

  async #giveLeave(form: URLSearchParams): Promise<Response> {
    const { payload } = await this.verify(form.get('client_assertion') ?? '', this.#school.tokenUrl);
    const fits =
      payload.iss === this.#school.clientId && payload.sub === this.#school.clientId && payload.jti !== undefined;
    const asks = form.get('grant_type') === 'client_credentials' && form.get('scope') === SCORE_SCOPE;
    return fits && asks
      ? Response.json({ access_token: 'leave', token_type: 'Bearer', expires_in: 3600, scope: SCORE_SCOPE })
      : new Response(null, { status: 400 });
  }

  /** What the tool has signed. */
  verify(token: string, audience: string) {
    const currentDate = new Date(this.#now());
    return jwtVerify(token, createLocalJWKSet(this.toolKeys!), { audience, algorithms: ['RS256'], currentDate });
  }

  /** Follows a link of the course as a browser does: to the tool, back here, and to the tool again. */
  async launch(room: Room, claims: Readonly<Record<string, unknown>>, twist: Twist = {}): Promise<Response> {
    const login = await room.fetch(
      `${LTI}/login?${new URLSearchParams({ iss: SCHOOL.issuer, login_hint: 'ada', client_id: SCHOOL.clientId })}`,
    );
    if (login.status !== 302) return login;
    const asked = new URL(login.headers.get('location')!).searchParams;
    const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
    const token = await this.sign({ nonce: asked.get('nonce'), ...claims, ...twist.claims }, twist);
    return room.fetch(`${LTI}/launch`, {
      method: 'POST',
      headers: { cookie: twist.cookie ?? cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ state: twist.state ?? asked.get('state')!, id_token: twist.token?.(token) ?? token }),
    });
  }

  sign(
    claims: Readonly<Record<string, unknown>>,
    { kid = 'school-1', ageS = 0, forged = false }: Twist = {},
  ): Promise<string> {
    const at = Math.floor(this.#now() / 1000) - ageS;
    const payload = {
      iss: this.#school.issuer,
      aud: this.#school.clientId,
      sub: 'ada',
      iat: at,
      exp: at + 300,
      ...claims,
    } as JWTPayload;
    return new SignJWT(Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined)))
      .setProtectedHeader({ alg: 'RS256', kid })
      .sign(forged ? this.#otherKey : this.#key);
  }
}

/** A learner's launch. @param bench what the link was made for */
export function learnerLaunch(
  sub: string,
  name: string,
  bench?: string,
  lineItem?: string,
): Readonly<Record<string, unknown>> {
  return {
    sub,
    name,
    [claim('version')]: '1.3.0',
    [claim('message_type')]: 'LtiResourceLinkRequest',
    [claim('deployment_id')]: 'course-7',
    [claim('target_link_uri')]: `${TOOL}${LTI}/launch`,
    [claim('resource_link')]: { id: 'link-1' },
    [claim('roles')]: [`${ROLE}Learner`],
    ...(bench === undefined ? {} : { [claim('custom')]: { bench } }),
    ...(lineItem === undefined ? {} : { [AGS]: { scope: [SCORE_SCOPE], lineitem: lineItem } }),
  };
}

/** An instructor asks what there is to link to. */
export function choosingLaunch(settings: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    ...learnerLaunch('ina', 'Ina'),
    [claim('message_type')]: 'LtiDeepLinkingRequest',
    [claim('roles')]: [`${ROLE}Instructor`],
    [DEEP_LINKING]: {
      deep_link_return_url: 'https://school.example/return?course=7',
      accept_types: ['ltiResourceLink'],
      accept_multiple: true,
      data: 'opaque <data>',
      ...settings,
    },
  };
}
