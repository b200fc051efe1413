import { getOptions, type Options } from '../options.ts';
import { Usage } from '../program.ts';
import { CurlError } from './curl-error.ts';

/** Those that change nothing here, without and with a value: what they are about is the same whatever they say. */
const WITHOUT_EFFECT =
  `compressed http1.0 http1.1 http2 tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 progress-bar no-progress-meter no-keepalive
  no-sessionid no-alpn path-as-is styled-output no-styled-output globoff ipv4 tcp-nodelay ssl-no-revoke proxy-insecure no-buffer
  retry-all-errors fail-early show-headers`.split(/\s+/);
const WITHOUT_EFFECT_VALUED =
  `cert-type key-type capath ciphers tls13-ciphers tls-max noproxy limit-rate keepalive-time expect100-timeout interface
  retry-max-time speed-limit speed-time max-filesize user-agent-version`.split(/\s+/);

const RULES = {
  letters: 'sSo:OIivLfX:d:H:m:w:A:u:kGe:D:NE:T:b:g4#',
  long: {
    ...Object.fromEntries(WITHOUT_EFFECT.map((name) => [name, name])),
    ...Object.fromEntries(WITHOUT_EFFECT_VALUED.map((name) => [name, `${name}:`])),
    silent: 's',
    'show-error': 'S',
    output: 'o',
    'remote-name': 'O',
    head: 'I',
    include: 'i',
    verbose: 'v',
    location: 'L',
    fail: 'f',
    'fail-with-body': 'fail-with-body',
    request: 'X',
    data: 'd',
    'data-ascii': 'd',
    'data-raw': 'data-raw:',
    'data-binary': 'data-binary:',
    'data-urlencode': 'data-urlencode:',
    json: 'json:',
    'upload-file': 'T',
    header: 'H',
    'max-time': 'm',
    'connect-timeout': 'connect-timeout:',
    'max-redirs': 'max-redirs:',
    retry: 'retry:',
    'retry-delay': 'retry-delay:',
    'retry-connrefused': 'retry-connrefused',
    'write-out': 'w',
    'user-agent': 'A',
    user: 'u',
    'oauth2-bearer': 'oauth2-bearer:',
    cookie: 'b',
    insecure: 'k',
    get: 'G',
    referer: 'e',
    'dump-header': 'D',
    resolve: 'resolve:',
    'unix-socket': 'unix-socket:',
    cacert: 'cacert:',
    cert: 'E',
    key: 'key:',
    pass: 'pass:',
    url: 'url:',
  },
} as const;

/** Numbers of seconds. */
const SECONDS = ['max-time', 'connect-timeout', 'retry-delay'] as const;
const LETTER: Readonly<Record<string, string>> = { 'max-time': 'm' };
const HINT = "try 'curl --help' or 'curl --manual' for more information";

/** curl(1)'s command line. Throws CurlError for one that is wrong. https://curl.se/docs/manpage.html */
export function readOptions(args: readonly string[]): Options {
  try {
    const options = getOptions(args, RULES);
    for (const name of SECONDS) {
      const value = options.value(LETTER[name] ?? name);
      if (value !== undefined && !/^\d+(\.\d*)?$/.test(value))
        throw new CommandLineError(`option --${name}: expected a proper numerical parameter`);
    }
    return options;
  } catch (error) {
    if (!(error instanceof Usage)) throw error;
    const [, name = ''] = /'(-*[^']+)'/.exec(error.message ?? '') ?? [];
    const option = name.startsWith('--') ? name : `-${name}`;
    const what = error.message?.includes('requires') ? 'requires parameter' : 'is unknown';
    throw new CommandLineError(`option ${option}: ${what}`);
  }
}

/** What is said without a number in front, with exit code 2. */
export class CommandLineError extends CurlError {
  constructor(problem: string | undefined) {
    super(2, `${problem === undefined ? '' : `curl: ${problem}\n`}curl: ${HINT}\n`);
  }
}

/** `--connect-timeout`, or what the whole may take. */
export function millisecondsOf(options: Options, name: (typeof SECONDS)[number]): number | undefined {
  const value = options.value(LETTER[name] ?? name);
  return value === undefined || Number(value) === 0 ? undefined : Math.round(Number(value) * 1000);
}

/** Where the client's own certificate is, and its key: in the same file unless told. `--cert file:password` has one, too. */
export function certificateOf(options: Options): { readonly path: string; readonly key: string } | undefined {
  const path = options.value('E')?.replace(/(?<!\\):.*$/, '');
  return path === undefined ? undefined : { path, key: options.value('key') ?? path };
}

/** `--resolve host:port:address`: an address that is told instead of looked up. Throws CurlError for what is none. */
export function addressTold(options: Options, host: string, port: number): string | undefined {
  for (const entry of options.values('resolve')) {
    const [name, number, addresses] = entry.replace(/^\+/, '').split(/:(?=[^:]*(?::|$))/);
    if (addresses === undefined && !entry.startsWith('-'))
      throw new CurlError(49, `Couldn't parse CURLOPT_RESOLVE entry '${entry}'`);
    const address = addresses?.split(',')[0];
    if ((name === '*' || name?.toLowerCase() === host.toLowerCase()) && Number(number) === port) return address;
  }
  return undefined;
}
