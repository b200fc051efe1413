import { unauthorized } from '../../api/errors.ts';
import { ANONYMOUS, type ApiRequest, type UserInfo } from '../../api/request.ts';
import type { Lookup } from '../admission/admission.ts';
import type { Clock } from '../clock.ts';
import type { BootstrapTokenUser } from './bootstrap-tokens.ts';
import { problemOf, readToken, type TokenClaims, tokenUser } from './service-account-tokens.ts';
import type { TokenKey } from './token-key.ts';

const BEARER = /^bearer +(.*)$/i;
const BOOTSTRAP_TOKEN = /^[a-z0-9]{6}\.[a-z0-9]{16}$/;
const AUTHENTICATED = 'system:authenticated';
/** Most tokens that are remembered; each is asked about with every request of its bearer. */
const MAX_TOKENS = 1_000;

interface Known {
  readonly claims: TokenClaims;
  readonly user: UserInfo;
}

/** By what else than certificates and ServiceAccounts' tokens clients are known. */
export interface AuthenticationOptions {
  /** `--anonymous-auth`: whether who proves nothing is served as nobody in particular; so unless told. */
  readonly anonymousAuth?: boolean;
  /** `--enable-bootstrap-token-auth`: whom the token of a machine that wants to join stands for; without it, nobody. */
  readonly bootstrapTokenUser?: BootstrapTokenUser;
  /** `--token-auth-file`: users by their tokens; none unless told. */
  readonly staticTokens?: ReadonlyMap<string, UserInfo>;
}

/** Finds out who sends a request: https://kubernetes.io/docs/reference/access-authn-authz/authentication/ */
export class Authenticator {
  readonly #clock: Clock;
  readonly #lookup: Lookup;
  readonly #key: TokenKey;
  readonly #options: AuthenticationOptions;
  /** Genuine tokens. Whether one is still valid is asked anew each time. */
  #tokens = new Map<string, Known>();
  /** Whom a transport knows, who is the same with every request, as one of all those who are known. */
  readonly #authenticated = new WeakMap<UserInfo, UserInfo>();

  constructor(clock: Clock, lookup: Lookup, key: TokenKey, options: AuthenticationOptions = {}) {
    this.#clock = clock;
    this.#lookup = lookup;
    this.#key = key;
    this.#options = options;
  }

  /**
   * Whom the transport knows (by a client certificate), whom a ServiceAccount's or a bootstrap token names, or nobody in particular.
   *
   * @throws StatusError Unauthorized for a token that is not valid, and for nobody in particular where that is not enough.
   */
  userOf({ user, headers }: ApiRequest): UserInfo {
    if (user !== undefined) {
      if (user.username === ANONYMOUS.username) return this.#nobody(user);
      if (user.groups.includes(AUTHENTICATED)) return user;
      return this.#asAuthenticated(user);
    }
    const token = BEARER.exec(headers?.['authorization'] ?? '')?.[1];
    if (token === undefined) return this.#nobody(ANONYMOUS);
    const named = this.#options.staticTokens?.get(token.trim()) ?? this.bootstrapUser(token.trim());
    if (named !== undefined) return named;
    const known = this.examine(token.trim());
    if (known === undefined || typeof known === 'string') throw unauthorized();
    // A token for others (a registry, say) is none for this server.
    if (!known.claims.aud.includes(known.claims.iss)) throw unauthorized();
    return known.user;
  }

  /** Whom a bootstrap token stands for now; undefined for any other. */
  bootstrapUser(token: string): UserInfo | undefined {
    return BOOTSTRAP_TOKEN.test(token)
      ? this.#options.bootstrapTokenUser?.(token, this.#clock.nowMs, this.#lookup)
      : undefined;
  }

  #nobody(anonymous: UserInfo): UserInfo {
    if (this.#options.anonymousAuth === false) throw unauthorized();
    return anonymous;
  }

  #asAuthenticated(user: UserInfo): UserInfo {
    let known = this.#authenticated.get(user);
    if (known === undefined) {
      known = { ...user, groups: [...user.groups, AUTHENTICATED] };
      this.#authenticated.set(user, known);
    }
    return known;
  }

  /** What a genuine token says, or why it is not valid now; undefined for any other. */
  examine(token: string): Known | string | undefined {
    const known = this.#tokens.get(token) ?? this.#read(token);
    const problem = known && problemOf(known.claims, this.#clock.nowMs / 1000, this.#lookup);
    if (problem === undefined) return known;
    this.#tokens.delete(token);
    return problem;
  }

  #read(token: string): Known | undefined {
    const claims = readToken(token, this.#key);
    if (claims === undefined) return undefined;
    if (this.#tokens.size >= MAX_TOKENS) this.#tokens = new Map();
    const known = { claims, user: tokenUser(claims) };
    this.#tokens.set(token, known);
    return known;
  }
}
