import { ConfigurationError } from '../../../api/config-shape.ts';
import { BodySyntaxError, readBody } from '../../decode/request-body.ts';

/** What ImagePolicyWebhook is told: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#imagepolicywebhook */
export interface ImagePolicyConfiguration {
  /** Where the backend is. */
  readonly kubeConfigFile: string;
  /** How long answers are remembered. */
  readonly allowTtlMs: number;
  readonly denyTtlMs: number;
  readonly retryBackoffMs: number;
  /** What happens to Pods when the backend cannot be asked. */
  readonly defaultAllow: boolean;
}

interface ImagePolicy {
  readonly kubeConfigFile?: string;
  readonly allowTTL?: number;
  readonly denyTTL?: number;
  readonly retryBackoff?: number;
  readonly defaultAllow?: boolean;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** @throws ConfigurationError in the words of the real server */
export function readImagePolicy(text: string | undefined): ImagePolicyConfiguration {
  if (text === undefined) throw new ConfigurationError('no config specified');
  const { kubeConfigFile = '', allowTTL, denyTTL, retryBackoff, defaultAllow = false } = policyOf(text);
  return {
    kubeConfigFile,
    retryBackoffMs: duration(retryBackoff, 1, { min: 1e-6, max: 5 * MINUTE_MS, otherwise: 500 }, '1ns and 5m0s'),
    allowTtlMs: duration(allowTTL, SECOND_MS, { min: SECOND_MS, max: 30 * MINUTE_MS, otherwise: 5 * MINUTE_MS }, TTLS),
    denyTtlMs: duration(denyTTL, SECOND_MS, { min: SECOND_MS, max: 30 * MINUTE_MS, otherwise: 30 * SECOND_MS }, TTLS),
    defaultAllow: defaultAllow === true,
  };
}

const TTLS = '1s and 30m0s';

/** The real server does not mind fields that it does not know. */
function policyOf(text: string): ImagePolicy {
  try {
    const headers = { 'content-type': 'application/yaml' };
    const { value } = readBody({ method: 'POST', path: '', headers, body: text });
    return (value as { readonly imagePolicy?: ImagePolicy } | null)?.imagePolicy ?? {};
  } catch (error) {
    if (!(error instanceof BodySyntaxError)) throw error;
    throw new ConfigurationError(error.message);
  }
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly otherwise: number;
}

/** -1 turns it off, 0 and nothing leave it at what it is by default. */
function duration(given = 0, scaleMs: number, { min, max, otherwise }: Bounds, words: string): number {
  if (given === -1) return 0;
  if (given === 0) return otherwise;
  const valueMs = given * scaleMs;
  if (valueMs > min && valueMs <= max) return valueMs;
  throw new ConfigurationError(`valid value is between ${words}, got ${goDuration(valueMs)}`);
}

/** `1h0m0s`, `50s`, `500ms`. */
function goDuration(ms: number): string {
  if (Math.abs(ms) < SECOND_MS) return `${ms}ms`;
  const seconds = Math.floor(Math.abs(ms) / SECOND_MS);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const large = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : '';
  return `${ms < 0 ? '-' : ''}${large}${seconds % 60}s`;
}
