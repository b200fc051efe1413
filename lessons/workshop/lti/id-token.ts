import { createRemoteJWKSet, customFetch, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { LtiPlatform } from './platform.ts';
import { LtiRefusal } from './refusal.ts';

/** How far a platform's clock may be from this one. */
const SKEW_S = 60;
/** What was signed longer ago is no launch of now. */
const OLDEST_S = 600;

const LTI = 'https://purl.imsglobal.org/spec/lti/claim/';
const DEEP_LINKING = 'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings';
const GRADES = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';

const Text = z.string().max(2000);
/** Also the platform's own word is not taken for an address that would be run. */
const Address = z.url({ protocol: /^https?$/ });
const Shared = {
  sub: z.string().min(1).max(255),
  nonce: z.string(),
  name: Text.optional(),
  given_name: Text.optional(),
  family_name: Text.optional(),
  azp: z.string().optional(),
  [`${LTI}version`]: z.literal('1.3.0'),
  [`${LTI}deployment_id`]: z.string(),
  [`${LTI}roles`]: z.array(z.string()).default([]),
  [`${LTI}custom`]: z.record(z.string(), z.unknown()).default({}),
  [`${LTI}lis`]: z.looseObject({ person_sourcedid: Text.optional() }).default({}),
};
const Settings = z.looseObject({
  deep_link_return_url: Address,
  accept_types: z.array(z.string()),
  accept_multiple: z.union([z.boolean(), z.string()]).optional(),
  data: z.string().optional(),
});
const Endpoint = z.looseObject({ scope: z.array(z.string()), lineitem: Address.optional() });

/** What a platform says of somebody who comes. */
export interface LtiLaunch {
  readonly platform: LtiPlatform;
  readonly deploymentId: string;
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** What the link was made with. */
  readonly custom: Readonly<Record<string, unknown>>;
  /** Who they are in the school's own books. */
  readonly sourcedId?: string;
  /** Where grades for this link are written; absent where the platform takes none. */
  readonly lineItem?: string;
  /** Present where an instructor chooses what to link to. */
  readonly deepLinking?: {
    readonly returnUrl: string;
    readonly multiple: boolean;
    /** Goes back as it came. */
    readonly data?: string;
  };
}

/** Checks what platforms sign: https://www.imsglobal.org/spec/security/v1p0 section 5.1.3, and the claims of LTI 1.3. */
export class IdTokens {
  readonly #keys = new Map<string, JWTVerifyGetKey>();
  readonly #fetch: typeof fetch;
  readonly #now: () => number;

  constructor(fetchIt: typeof fetch, now: () => number) {
    this.#fetch = fetchIt;
    this.#now = now;
  }

  /** @throws LtiRefusal */
  async read(token: string, platform: LtiPlatform, nonce: string): Promise<LtiLaunch> {
    const payload = await this.#verified(token, platform);
    if (payload['nonce'] !== nonce) throw new LtiRefusal('the nonce is not the one that was asked for');
    const { azp, aud } = payload;
    // Where it is for several, it says whom it was made for.
    if (azp === undefined ? Array.isArray(aud) && aud.length > 1 : azp !== platform.clientId) {
      throw new LtiRefusal('the token was made for another tool');
    }
    if (!platform.deploymentIds.includes(String(payload[`${LTI}deployment_id`]))) {
      throw new LtiRefusal('the deployment is not known here');
    }
    return launchIn(payload, platform);
  }

  async #verified(token: string, platform: LtiPlatform): Promise<JWTPayload> {
    const { issuer, clientId } = platform;
    try {
      const { payload } = await jwtVerify(token, this.#keysOf(platform), {
        issuer,
        audience: clientId,
        algorithms: ['RS256'],
        clockTolerance: SKEW_S,
        maxTokenAge: OLDEST_S,
        currentDate: new Date(this.#now()),
        requiredClaims: ['exp', 'iat', 'sub', 'nonce'],
      });
      return payload;
    } catch (error) {
      // The library's words name a claim or a key, never the token.
      if (error instanceof errors.JOSEError) throw new LtiRefusal(`the token does not hold: ${error.message}`);
      throw new LtiRefusal('the platform’s keys cannot be fetched');
    }
  }

  /** Kept for a while, and fetched again for a key that is not among them, at most each half minute. */
  #keysOf({ keysUrl }: LtiPlatform): JWTVerifyGetKey {
    let keys = this.#keys.get(keysUrl);
    if (keys === undefined) {
      keys = createRemoteJWKSet(new URL(keysUrl), { [customFetch]: this.#fetch });
      this.#keys.set(keysUrl, keys);
    }
    return keys;
  }
}

function launchIn(payload: JWTPayload, platform: LtiPlatform): LtiLaunch {
  const shared = read(z.looseObject(Shared), payload);
  const { sub, name, given_name: given, family_name: family } = shared;
  const { person_sourcedid: sourcedId } = shared[`${LTI}lis`] as { person_sourcedid?: string };
  const launch: LtiLaunch = {
    platform,
    deploymentId: shared[`${LTI}deployment_id`] as string,
    subject: sub,
    name: name ?? [given, family].filter((each) => each !== undefined).join(' '),
    roles: shared[`${LTI}roles`] as readonly string[],
    custom: shared[`${LTI}custom`] as Readonly<Record<string, unknown>>,
    ...(sourcedId === undefined ? {} : { sourcedId }),
  };
  const type = payload[`${LTI}message_type`];
  if (type === 'LtiResourceLinkRequest') {
    const lineItem = payload[GRADES] === undefined ? undefined : lineItemIn(payload[GRADES]);
    return { ...launch, ...(lineItem === undefined ? {} : { lineItem }) };
  }
  if (type !== 'LtiDeepLinkingRequest') throw new LtiRefusal('this kind of launch is not known here');
  const {
    deep_link_return_url: returnUrl,
    accept_types: types,
    accept_multiple: multiple,
    data,
  } = read(Settings, payload[DEEP_LINKING]);
  if (!types.includes('ltiResourceLink')) throw new LtiRefusal('the platform takes no links to tools at this place');
  const several = multiple === true || multiple === 'true';
  return { ...launch, deepLinking: { returnUrl, multiple: several, ...(data === undefined ? {} : { data }) } };
}

/** The scope by which grades may be written. */
export const SCORE_SCOPE = 'https://purl.imsglobal.org/spec/lti-ags/scope/score';

function lineItemIn(endpoint: unknown): string | undefined {
  const { scope, lineitem } = read(Endpoint, endpoint);
  return scope.includes(SCORE_SCOPE) ? lineitem : undefined;
}

function read<T extends z.ZodType>(shape: T, value: unknown): z.infer<T> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LtiRefusal(`the token does not hold: ${issue?.path.join('.')}: ${issue?.message}`);
}
