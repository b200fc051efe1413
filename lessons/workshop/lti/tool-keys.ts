import { createHmac, randomBytes } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  SignJWT,
} from 'jose';

/** As it is kept in a file: whoever has it can speak as this tool. */
interface KeptKeys {
  readonly privateKey: JWK;
  /** Personal links of those who come from a platform are made with it. */
  readonly linkSecret: string;
}

/** How this tool proves to platforms who it is. */
export class ToolKeys {
  readonly #key: Awaited<ReturnType<typeof importJWK>>;
  readonly #publicKey: JWK;
  readonly #linkSecret: string;

  private constructor(key: Awaited<ReturnType<typeof importJWK>>, publicKey: JWK, linkSecret: string) {
    this.#key = key;
    this.#publicKey = publicKey;
    this.#linkSecret = linkSecret;
  }

  /** New keys, as text to be kept. */
  static async generate(): Promise<string> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const kept: KeptKeys = {
      privateKey: await exportJWK(privateKey),
      linkSecret: randomBytes(32).toString('base64url'),
    };
    return JSON.stringify(kept);
  }

  /** @param text what `generate` made */
  static async open(text: string): Promise<ToolKeys> {
    const { privateKey, linkSecret } = JSON.parse(text) as KeptKeys;
    const { kty, n, e } = privateKey;
    if (kty !== 'RSA' || n === undefined || e === undefined) throw new Error('the kept keys are not RSA keys');
    const kid = await calculateJwkThumbprint({ kty, n, e });
    const key = await importJWK(privateKey, 'RS256');
    return new ToolKeys(key, { kty, n, e, kid, alg: 'RS256', use: 'sig' }, linkSecret);
  }

  /** What platforms check this tool's signatures by. */
  get publicKeys(): JSONWebKeySet {
    return { keys: [this.#publicKey] };
  }

  /** @param lifeS how long it is good, in seconds */
  sign(claims: Readonly<Record<string, unknown>>, now: number, lifeS: number): Promise<string> {
    const at = Math.floor(now / 1000);
    return new SignJWT({ ...claims, jti: randomBytes(16).toString('base64url') })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: this.#publicKey.kid! })
      .setIssuedAt(at)
      .setExpirationTime(at + lifeS)
      .sign(this.#key);
  }

  /**
   * The token of somebody's personal link: the same whenever they come, so that a second device does not end the first, and
   * kept nowhere.
   *
   * @param salt another one makes another link
   */
  linkToken(issuer: string, subject: string, salt: string): string {
    return createHmac('sha256', this.#linkSecret)
      .update(JSON.stringify([issuer, subject, salt]))
      .digest('base64url');
  }
}
