// How what a server behind this one says about itself is made true for who asks through this one. After k8s.io/apimachinery
// `pkg/util/proxy/transport.go`.

/** Between whom a request is passed on. */
export interface Passage {
  /** What stands before the other server's paths here: `/api/v1/namespaces/default/pods/web/proxy`. */
  readonly prefix: string;
  /** The other server, `10.244.1.2:80`. */
  readonly backend: string;
  /** What the client takes this server for. */
  readonly frontend: string;
}

interface Url {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  /** Query and fragment. */
  readonly rest: string;
}

/** An absolute path on the same server, under the prefix; anything else as it is. */
export function rewriteUrl(text: string, { prefix, backend, frontend }: Passage): string {
  const url = parseUrl(text);
  const { host, path, rest } = url;
  if (host !== '' && host !== backend && host !== frontend) return text;
  if (!path.startsWith('/')) return text;
  const origin = host !== '' && host === frontend ? `${url.scheme === '' ? '' : `${url.scheme}:`}//${host}` : '';
  const here = path.startsWith(prefix) ? path : `${prefix.replace(/\/$/, '')}${path}`;
  return `${origin}${here}${rest}`;
}

function parseUrl(text: string): Url {
  const [, scheme = '', host = '', path = '', rest = ''] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)([\s\S]*)$/.exec(text) ?? [];
  return { scheme, host, path, rest };
}

/** Which attributes hold links: https://html.spec.whatwg.org/multipage/indices.html#attributes-3 */
const LINKS: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  track: ['src'],
  video: ['poster', 'src'],
};

/** Elements whose content is no markup. */
const RAW = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes']);
/** A name begins only where another has ended, which keeps the search linear. */
const ATTRIBUTE = /(?<![^\s"'>/=])([^\s"'>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;

/** A page with its links rewritten; all else stays as it is. */
export function rewriteLinks(html: string, passage: Passage): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, text, name } of startTags(html)) {
    pieces.push(html.slice(at, start), rewriteTag(text, name, passage));
    at = start + text.length;
  }
  return pieces.join('') + html.slice(at);
}

interface Tag {
  readonly start: number;
  readonly text: string;
  readonly name: string;
}

/** Comments and what is no markup are passed over; what never ends is the end of it. Linear, whatever the page. */
function* startTags(html: string): Iterable<Tag> {
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
    if (html.startsWith('<!--', at)) {
      at = html.indexOf('-->', at + 4);
      if (at < 0) return;
      continue;
    }
    if (!/[A-Za-z]/.test(html.charAt(at + 1))) {
      at += 1;
      continue;
    }
    const end = tagEnd(html, at);
    if (end < 0) return;
    const text = html.slice(at, end);
    const name = /^<([^\s/>]+)/.exec(text)![1]!.toLowerCase();
    yield { start: at, text, name };
    at = RAW.has(name) ? rawEnd(html, name, end) : end;
    if (at < 0) return;
  }
}

/** Behind the `>`; quotes count only as the beginning of a value. */
function tagEnd(html: string, start: number): number {
  let before = '';
  for (let at = start + 1; at < html.length; at++) {
    const character = html[at]!;
    if (character === '>') return at + 1;
    if (before === '=' && (character === '"' || character === "'")) {
      at = html.indexOf(character, at + 1);
      if (at < 0) return -1;
      before = '';
    } else if (!/\s/.test(character)) before = character;
  }
  return -1;
}

function rawEnd(html: string, name: string, from: number): number {
  const end = new RegExp(`</${name}`, 'ig');
  end.lastIndex = from;
  return end.exec(html)?.index ?? -1;
}

function rewriteTag(text: string, name: string, passage: Passage): string {
  const links = Object.hasOwn(LINKS, name) ? LINKS[name]! : [];
  if (links.length === 0) return text;
  const head = name.length + 1;
  const rest = text.slice(head).replace(ATTRIBUTE, (whole, attribute: string, equals: string, given: string) => {
    if (!links.includes(attribute.toLowerCase())) return whole;
    const value = unescaped(/^["']/.test(given) ? given.slice(1, -1) : given);
    const rewritten = rewriteUrl(value, passage);
    return rewritten === value ? whole : `${attribute}${equals}"${escaped(rewritten)}"`;
  });
  return text.slice(0, head) + rest;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  '#34': '"',
  '#39': "'",
};

function unescaped(value: string): string {
  return value.replace(/&(amp|quot|apos|lt|gt|#34|#39);/g, (_, name: string) => ENTITIES[name]!);
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
