import { Errno } from '../../errno.ts';
import { httpError, serveGo } from '../go/http-server.ts';
import { escapeHtml } from '../html.ts';
import type { Command } from './command.ts';

/** Serves the container's file system. */
export const testWebserver: Command = {
  use: 'test-webserver',
  short: 'Starts a simple HTTP fileserver',
  args: 0,
  flags: { port: { type: 'int', default: 80, usage: 'Port number.' } },
  *run(process, flags) {
    return yield* serveGo(process, flags.number('port'), ({ path }) => {
      try {
        if (process.stat(path).type !== 'directory') return { body: process.readFile(path) };
        if (!path.endsWith('/')) return { status: 301, headers: { Location: `${path.split('/').at(-1)}/` } };
        const names = process.readdir(path).map(({ name, type }) => (type === 'directory' ? `${name}/` : name));
        const links = names.map((name) => `<a href="${encodeURI(name)}">${escapeHtml(name)}</a>\n`);
        return {
          headers: { 'Content-Type': 'text/html; charset=utf-8' },
          body: `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links.join('')}</pre>\n`,
        };
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        return error.code === 'EACCES' ? httpError(403, '403 Forbidden') : httpError(404, '404 page not found');
      }
    });
  },
};
