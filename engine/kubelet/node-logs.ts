import type { NodeDocument } from '../api/node-api.ts';
import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';

const LOGS = '/var/log';
const HTML = 'text/html; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

/**
 * `/logs/…`: the files under the machine's /var/log, and lists of them, as Go's file server shows them. Undefined for what is
 * not there. After `pkg/kubelet/server/server.go` (`logFiles`) and net/http's `FileServer`.
 */
export function nodeLogs(root: Process, path: string): NodeDocument | undefined {
  const below = path.slice('/logs'.length);
  const name = `${LOGS}${below}`.replace(/\/+$/, '');
  try {
    if (root.stat(name).type !== 'directory')
      return below.endsWith('/') ? undefined : { contentType: TEXT, body: decode(root.readFile(name)) };
    if (!below.endsWith('/'))
      return { status: 301, location: `${path.split('/').at(-1)}/`, contentType: HTML, body: '' };
    return { contentType: HTML, body: listOf(root, name) };
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

function listOf(root: Process, directory: string): string {
  const names = root.readdir(directory).map(({ name, type }) => (type === 'directory' ? `${name}/` : name));
  const lines = names.toSorted().map((name) => `<a href="${encodeURI(name)}">${name}</a>\n`);
  return `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${lines.join('')}</pre>\n`;
}
