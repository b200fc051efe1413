import { z } from 'zod';

/** A learning management system whose people come into this workshop, as it and this tool were made known to each other. */
export interface LtiPlatform {
  /** `iss` of what it signs. */
  readonly issuer: string;
  /** This tool's name there. */
  readonly clientId: string;
  readonly deploymentIds: readonly string[];
  /** Where it says who somebody is (OpenID Connect). */
  readonly authorizationUrl: string;
  /** Where this tool gets leave to write grades. */
  readonly tokenUrl: string;
  /** Where its public keys are. */
  readonly keysUrl: string;
  /** Origins of its pages, which may show this site in a frame; those of the issuer and the authorization unless told. */
  readonly frameOrigins?: readonly string[];
}

export interface LtiSettings {
  /** Of this site, as browsers and platforms know it: `https://workshop.example`. */
  readonly address: string;
  readonly platforms: readonly LtiPlatform[];
}

/** A file that cannot be read as settings; the message says where. */
export class LtiSettingsError extends Error {}

/** Tokens and keys cross the network: in the open only on this machine itself. */
function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

const Address = z.string().refine(isSafe, 'must be an address that begins with https://');
const Platform = z.strictObject({
  issuer: z.string().min(1),
  clientId: z.string().min(1),
  deploymentIds: z.array(z.string().min(1)).min(1),
  authorizationUrl: Address,
  tokenUrl: Address,
  keysUrl: Address,
  frameOrigins: z.array(Address).optional(),
});
const Settings = z.strictObject({ address: Address, platforms: z.array(Platform).min(1) });

/** @throws LtiSettingsError */
export function readLtiSettings(text: string): LtiSettings {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new LtiSettingsError(`not JSON: ${(error as Error).message}`);
  }
  const read = Settings.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new LtiSettingsError(`${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  const { address, platforms } = read.data;
  return { address: new URL(address).origin, platforms: platforms as readonly LtiPlatform[] };
}

/** Who may show this site in a frame. */
export function framesOf({ platforms }: LtiSettings): readonly string[] {
  const origins = platforms.flatMap(({ issuer, authorizationUrl, frameOrigins }) =>
    (frameOrigins ?? [issuer, authorizationUrl]).filter(isSafe).map((url) => new URL(url).origin),
  );
  return [...new Set(origins)];
}
