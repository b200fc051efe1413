/** The ConfigMap's options that mean something here, with their defaults. https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/ */
const DEFAULTS = {
  'access-log-path': '/var/log/nginx/access.log',
  'allow-snippet-annotations': 'false',
  'annotations-risk-level': 'High',
  'client-body-timeout': '60',
  'client-header-timeout': '60',
  'custom-http-errors': '',
  'disable-access-log': 'false',
  'enable-access-log-for-default-backend': 'false',
  'error-log-level': 'notice',
  'error-log-path': '/var/log/nginx/error.log',
  'force-ssl-redirect': 'false',
  hsts: 'true',
  'hsts-include-subdomains': 'true',
  'hsts-max-age': '31536000',
  'hsts-preload': 'false',
  'http-redirect-code': '308',
  'http-snippet': '',
  'keep-alive': '75',
  'large-client-header-buffers': '4 8k',
  'limit-req-status-code': '503',
  'load-balance': 'round_robin',
  'location-snippet': '',
  'log-format-escape-json': 'false',
  'log-format-upstream':
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id',
  'map-hash-bucket-size': '64',
  'max-worker-connections': '16384',
  'proxy-body-size': '1m',
  'proxy-connect-timeout': '5',
  'proxy-next-upstream': 'error timeout',
  'proxy-next-upstream-tries': '3',
  'proxy-read-timeout': '60',
  'proxy-send-timeout': '60',
  'server-snippet': '',
  'server-tokens': 'false',
  'ssl-protocols': 'TLSv1.2 TLSv1.3',
  'ssl-redirect': 'true',
  'strict-validate-path-type': 'true',
  'use-forwarded-headers': 'false',
  'whitelist-source-range': '',
  'worker-processes': 'auto',
} as const;

export type Options = Readonly<Record<keyof typeof DEFAULTS, string>>;

const NUMBERS: ReadonlySet<string> = new Set([
  'client-body-timeout',
  'client-header-timeout',
  'hsts-max-age',
  'http-redirect-code',
  'keep-alive',
  'limit-req-status-code',
  'max-worker-connections',
  'proxy-connect-timeout',
  'proxy-next-upstream-tries',
  'proxy-read-timeout',
  'proxy-send-timeout',
]);

/** What a ConfigMap says; what it says wrongly keeps its default, with a complaint. Unknown options are not looked at. */
export function readOptions(data: Readonly<Record<string, string>> | undefined): {
  readonly options: Options;
  readonly complaints: readonly string[];
} {
  const options: Record<keyof Options, string> = { ...DEFAULTS };
  const complaints: string[] = [];
  for (const name of Object.keys(DEFAULTS) as (keyof Options)[]) {
    const value = data !== undefined && Object.hasOwn(data, name) ? data[name]!.trim() : undefined;
    if (value === undefined) continue;
    const isFlag = DEFAULTS[name] === 'true' || DEFAULTS[name] === 'false';
    if (isFlag && !['true', 'false'].includes(value))
      complaints.push(`cannot parse '${name}' as bool: strconv.ParseBool: parsing "${value}": invalid syntax`);
    else if (NUMBERS.has(name) && !/^\d+$/.test(value))
      complaints.push(`cannot parse '${name}' as int: strconv.ParseInt: parsing "${value}": invalid syntax`);
    else options[name] = value;
  }
  return { options, complaints };
}
