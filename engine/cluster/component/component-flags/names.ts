import type { FlagSpecs } from '../../../linux/programs/go/flags.ts';

/** Names of flags, by what they take; whoever takes lists, maps or numbers with a point has them among `string`. */
export type FlagNames = Readonly<Record<'string' | 'int' | 'bool' | 'duration', readonly string[]>>;

const ZERO = { string: '', int: 0, bool: false, duration: 0 } as const;

export function specsOf(names: FlagNames): FlagSpecs {
  const types = Object.keys(ZERO) as (keyof FlagNames)[];
  const entries = types.flatMap((type) =>
    names[type].map((name) => {
      const spec = { type, default: ZERO[type], usage: '' };
      return [name, name === 'v' ? { ...spec, short: 'v' } : spec] as const;
    }),
  );
  return Object.fromEntries(entries);
}

export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

export function joined(...parts: readonly FlagNames[]): FlagNames {
  const of = (type: keyof FlagNames) => parts.flatMap((part) => part[type]);
  return { string: of('string'), int: of('int'), bool: of('bool'), duration: of('duration') };
}

/** Of k8s.io/component-base and k8s.io/apiserver: logs, metrics, versions, serving over TLS. */
export const SHARED_FLAGS: FlagNames = {
  string: words(`
    allow-metric-labels allow-metric-labels-manifest bind-address cert-dir client-ca-file disabled-metrics emulated-version
    feature-gates log-json-info-buffer-size log-text-info-buffer-size logging-format min-compatibility-version
    requestheader-allowed-names requestheader-client-ca-file requestheader-extra-headers-prefix requestheader-group-headers
    requestheader-uid-headers requestheader-username-headers show-hidden-metrics-for-version tls-cert-file tls-cipher-suites
    tls-curve-preferences tls-min-version tls-private-key-file tls-sni-cert-key vmodule
  `),
  int: words('http2-max-streams-per-connection secure-port v'),
  bool: words(`
    contention-profiling disable-http2-serving emulation-forward-compatible help log-json-split-stream log-text-split-stream
    permit-address-sharing permit-port-sharing profiling version
  `),
  duration: words(`
    authentication-token-webhook-cache-ttl authorization-webhook-cache-authorized-ttl
    authorization-webhook-cache-unauthorized-ttl log-flush-frequency
  `),
};
