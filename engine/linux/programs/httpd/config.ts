import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

/** The part of httpd.conf that is understood. */
export interface HttpdConfig {
  readonly ports: readonly number[];
  readonly documentRoot: string;
  readonly serverName: string | undefined;
  readonly directoryIndex: readonly string[];
  readonly indexes: boolean;
  readonly errorDocuments: ReadonlyMap<number, string>;
  readonly redirects: readonly { readonly from: string; readonly to: string; readonly status: number }[];
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What `httpd -t` complains of. */
export class HttpdConfigError extends Error {
  override readonly name = 'HttpdConfigError';
}

/** Directives that are read and change nothing here. */
const ACCEPTED: ReadonlySet<string> = new Set(
  (
    'addtype allowoverride alias customlog define enablemmap enablesendfile errorlog group include includeoptional keepalive ' +
    'keepalivetimeout loadmodule logformat loglevel maxkeepaliverequests mimemagicfile options requestheader require ' +
    'scriptalias serveradmin serverroot servertokens serversignature timeout traceenable typesconfig usecanonicalname user ' +
    'requestheader pidfile hostnamelookups mutex addhandler addoutputfilter addencoding allowmethods rewriteengine'
  ).split(' '),
);

const STATUS: Readonly<Record<string, number>> = { permanent: 301, temp: 302, seeother: 303, gone: 410 };

/** Throws HttpdConfigError with the text that Apache prints. */
export function readHttpdConfig(process: Process, path: string): HttpdConfig {
  let text: string;
  try {
    text = decode(process.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new HttpdConfigError(`httpd: Could not open configuration file ${path}: ${error.message}`);
  }
  const config = {
    ports: [] as number[],
    documentRoot: '/usr/local/apache2/htdocs',
    serverName: undefined as string | undefined,
    directoryIndex: ['index.html'],
    indexes: false,
    errorDocuments: new Map<number, string>(),
    redirects: [] as { from: string; to: string; status: number }[],
    headers: [] as (readonly [string, string])[],
  };
  const sections: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const wrong = (why: string) =>
      new HttpdConfigError(`AH00526: Syntax error on line ${index + 1} of ${path}:\n${why}`);
    const section = /^<(\/?)(\w+)[^>]*>$/.exec(line);
    if (section !== null) {
      const name = section[2]!;
      if (section[1] === '') sections.push(name);
      else if (sections.pop()?.toLowerCase() !== name.toLowerCase())
        throw wrong(`</${name}> without matching <${name}> section`);
      continue;
    }
    const [name = '', ...args] = words(line);
    apply(config, name, args, wrong, sections);
  }
  if (sections.length > 0)
    throw new HttpdConfigError(
      `AH00526: Syntax error on line ${text.split('\n').length} of ${path}:\n<${sections.at(-1)}> was not closed.`,
    );
  if (config.ports.length === 0)
    throw new HttpdConfigError('(2)No such file or directory: AH00014: no listening sockets available, shutting down');
  if (!process.access(config.documentRoot, 'exists'))
    throw new HttpdConfigError(`AH00112: Warning: DocumentRoot [${config.documentRoot}] does not exist`);
  return config;
}

type Mutable = { -readonly [K in keyof HttpdConfig]: HttpdConfig[K] } & {
  ports: number[];
  errorDocuments: Map<number, string>;
  redirects: { from: string; to: string; status: number }[];
  headers: (readonly [string, string])[];
};

function apply(
  config: Mutable,
  name: string,
  args: readonly string[],
  wrong: (why: string) => HttpdConfigError,
  sections: readonly string[],
): void {
  const [first = '', second = ''] = args;
  switch (name.toLowerCase()) {
    case 'listen': {
      const port = Number(first.split(':').at(-1));
      if (!Number.isInteger(port) || port < 1 || port > 65_535) throw wrong('Port must be specified');
      config.ports.push(port);
      return;
    }
    case 'documentroot':
      config.documentRoot = first;
      return;
    case 'servername':
      config.serverName = first;
      return;
    case 'directoryindex':
      config.directoryIndex = args;
      return;
    case 'errordocument':
      config.errorDocuments.set(Number(first), second);
      return;
    case 'header':
      if (/^(set|add|append)$/i.test(first.replace(/^always$/i, 'set'))) config.headers.push([second, args[2] ?? '']);
      return;
    case 'redirect': {
      const status = STATUS[first.toLowerCase()] ?? (/^3\d\d$/.test(first) ? Number(first) : undefined);
      const [from = '', to = ''] = status === undefined ? args : args.slice(1);
      config.redirects.push({ from, to, status: status ?? 302 });
      return;
    }
    case 'options':
      // Of sections, only those about directories say what may be listed.
      if (sections.some((section) => /^directory/i.test(section)))
        config.indexes ||= args.some((option) => /^\+?(indexes|all)$/i.test(option));
      return;
    default:
      if (!ACCEPTED.has(name.toLowerCase()))
        throw wrong(
          `Invalid command '${name}', perhaps misspelled or defined by a module not included in the server configuration`,
        );
  }
}

function words(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replace(/\\(.)/g, '$1') ?? plain!,
  );
}
