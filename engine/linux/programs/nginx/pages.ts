import { STATUS_TEXT } from '../../http.ts';
import { escapeHtml } from '../html.ts';

/** One program stands for every version: the official images say theirs in the environment. */
export function versionOf(env: Readonly<Record<string, string>>): string {
  return `nginx/${env['NGINX_VERSION'] ?? '1.29.4'}`;
}

/** nginx words some statuses in its own way. */
const TITLES: Readonly<Record<number, string>> = {
  301: '301 Moved Permanently',
  302: '302 Found',
  408: '408 Request Time-out',
  413: '413 Request Entity Too Large',
  414: '414 Request-URI Too Large',
  431: '400 Request Header Or Cookie Too Large',
  504: '504 Gateway Time-out',
  405: '405 Not Allowed',
  503: '503 Service Temporarily Unavailable',
};

/** The page nginx makes for a status that has none of its own. */
export function statusPage(status: number, version: string): string {
  const title = TITLES[status] ?? `${status} ${STATUS_TEXT[status] ?? ''}`.trim();
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${version}</center>\r\n</body>\r\n</html>\r\n`;
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
