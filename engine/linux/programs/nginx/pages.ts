import { STATUS_TEXT } from '../../http.ts';
import { escapeHtml } from '../html.ts';

/** One program stands for every version: the official images say theirs in the environment. */
export function versionOf(env: Readonly<Record<string, string>>): string {
  return `nginx/${env['NGINX_VERSION'] ?? '1.29.4'}`;
}

/** What nginx's status lines say, for those that it has words for. */
const REASONS: Readonly<Record<number, string>> = {
  ...STATUS_TEXT,
  302: 'Moved Temporarily',
  402: 'Payment Required',
  405: 'Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Time-out',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  507: 'Insufficient Storage',
};

export function reasonOf(status: number): string {
  return REASONS[status] ?? '';
}

/** Pages that are titled otherwise than the status line says. */
const TITLES: Readonly<Record<number, string>> = { 302: 'Found', 401: 'Authorization Required' };

/** A request that nginx answers with 400, and what it says besides. */
const EXPLAINED: Readonly<Record<number, string>> = {
  494: 'Request Header Or Cookie Too Large',
  495: 'The SSL certificate error',
  497: 'The plain HTTP request was sent to HTTPS port',
};

/** Statuses that nginx has a page for. */
export function hasPage(status: number): boolean {
  return (
    (status >= 301 && status <= 308 && status !== 304) ||
    (status >= 400 && status <= 416) ||
    [421, 429, 494, 495, 497].includes(status) ||
    (status >= 500 && status <= 507)
  );
}

/** The page nginx makes for a status that has none of its own. */
export function statusPage(status: number, version: string): string {
  const explained = EXPLAINED[status];
  const title = explained === undefined ? `${status} ${TITLES[status] ?? reasonOf(status)}`.trim() : `400 ${explained}`;
  const heading = explained === undefined ? title : '400 Bad Request';
  const more = explained === undefined ? '' : `<center>${explained}</center>\r\n`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${more}<hr><center>${version}</center>\r\n</body>\r\n</html>\r\n`;
}

/** The listing of `autoindex on`. */
export function indexPage(
  path: string,
  entries: readonly { readonly name: string; readonly date: string; readonly size: string }[],
): string {
  const title = `Index of ${escapeHtml(path)}`;
  const rows = entries.map(({ name, date, size }) => {
    const shown = name.length > 50 ? `${name.slice(0, 47)}..>` : name;
    return `<a href="${encodeURI(name)}">${escapeHtml(shown)}</a>${' '.repeat(Math.max(0, 51 - shown.length))}${date} ${size.padStart(19)}\r\n`;
  });
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre><a href="../">../</a>\r\n${rows.join('')}</pre><hr></body>\r\n</html>\r\n`;
}
