import { ConfigurationError, type Shape } from '../../../api/config-shape.ts';
import { tooManyRequests } from '../../../api/errors.ts';
import type { FieldError } from '../../../api/field-error.ts';
import { invalid, notSupported, required } from '../../../api/field-errors.ts';
import type { Event } from '../../../api/kinds.ts';
import type { StatusError } from '../../../api/status-error.ts';
import { decodeConfiguration, fieldProblems } from '../../configuration-file.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import type { AdmissionServices } from '../services.ts';

/** How many events may come, of all or of each whose name a limit goes by. */
interface Limit {
  readonly type: 'Server' | 'Namespace' | 'User' | 'SourceAndObject';
  /** A second, in the long run. */
  readonly qps: number;
  /** At once. */
  readonly burst: number;
  /** How many names are remembered. */
  readonly cacheSize?: number;
}

const TYPES = ['Server', 'Namespace', 'User', 'SourceAndObject'];
const DEFAULT_CACHE_SIZE = 4096;

const SHAPE: Shape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    limits: { list: { fields: { type: 'string', qps: 'integer', burst: 'integer', cacheSize: 'integer' } } },
  },
};

/** @throws ConfigurationError in the words of the real server */
export function readEventRateLimits(text: string | undefined): readonly Limit[] {
  const decoded =
    text === undefined
      ? undefined
      : decodeConfiguration<{ readonly limits?: readonly Limit[] | null }>(text, {
          kinds: { 'eventratelimit.admission.k8s.io/v1alpha1': ['Configuration'] },
          shape: SHAPE,
          scheme: 'k8s.io/kubernetes/plugin/pkg/admission/eventratelimit/config.go:31',
        });
  const limits = decoded?.value.limits ?? [];
  const errors = limits.flatMap((limit, index) => limitErrors(limit, `limits[${index}]`));
  if (limits.length === 0) errors.push(invalid('limits', limits, 'must not be empty'));
  if (errors.length > 0) throw new ConfigurationError(fieldProblems(errors));
  return limits;
}

function limitErrors({ type, qps = 0, burst = 0, cacheSize = 0 }: Limit, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if ((type as string | undefined) === undefined) errors.push(required(`${at}.type`));
  else if (!TYPES.includes(type)) errors.push(notSupported(`${at}.type`, type, TYPES));
  if (burst <= 0) errors.push(invalid(`${at}.burst`, burst, 'must be positive'));
  if (qps <= 0) errors.push(invalid(`${at}.qps`, qps, 'must be positive'));
  if (type !== 'Server' && cacheSize < 0) errors.push(invalid(`${at}.cacheSize`, cacheSize, 'must not be negative'));
  return errors;
}

/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#eventratelimit */
export function eventRateLimit(limits: readonly Limit[], { nowMs }: AdmissionServices): AdmissionPlugin {
  const enforcers = limits.map((limit) => ({ limit, buckets: new Buckets(limit) }));
  return {
    name: 'EventRateLimit',
    resources: ['events'],
    validate(request, object) {
      if (object === undefined || request.operation === 'DELETE') return;
      let refusal: StatusError | undefined;
      for (const { limit, buckets } of enforcers) {
        const name = nameOf(limit, request, object as Event);
        if (buckets.take(name, nowMs())) continue;
        refusal = tooManyRequests(`Too many requests: limit reached on type ${limit.type} for key ${name}`);
      }
      if (refusal !== undefined) throw refusal;
    },
  };
}

function nameOf({ type }: Limit, { namespace, user }: AdmissionRequest, event: Event): string {
  if (type === 'Server') return '';
  if (type === 'Namespace') return namespace;
  if (type === 'User') return user.username;
  const { source, involvedObject } = event;
  const { kind, namespace: of, name, uid, apiVersion } = involvedObject ?? {};
  return [source?.component, source?.host, kind, of, name, uid, apiVersion].map((each) => each ?? '').join('');
}

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** A bucket of tokens for each name; those that were not asked for longest are forgotten. */
class Buckets {
  readonly #limit: Limit;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: Limit) {
    this.#limit = limit;
  }

  take(name: string, nowMs: number): boolean {
    const { qps, burst, cacheSize = 0 } = this.#limit;
    const { tokens, atMs } = this.#buckets.get(name) ?? { tokens: burst, atMs: nowMs };
    const filled = Math.min(burst, tokens + ((nowMs - atMs) / 1000) * qps);
    const given = filled >= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: given ? filled - 1 : filled, atMs: nowMs });
    if (this.#buckets.size > (cacheSize || DEFAULT_CACHE_SIZE))
      this.#buckets.delete(this.#buckets.keys().next().value!);
    return given;
  }
}
