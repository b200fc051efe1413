import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { unzipSync } from 'fflate';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.xml': 'text/xml',
};

/** Where a system puts a package: far below its own root, as they do. */
const PLACE = '/pluginfile.php/42/mod_scorm/content/1/';

/** A system that has taken packages in: their files, as they were in the archives, and a course page by SCORM. */
export interface SmallLms {
  readonly url: string;
  /** Takes a package in and returns where it begins. */
  takeIn(name: string, archive: Uint8Array): string;
  /** A page of the course that opens what lies at an address. */
  courseOf(shows: string): string;
  close(): Promise<void>;
}

export async function startSmallLms(): Promise<SmallLms> {
  const files = new Map<string, Uint8Array>();
  for (const name of ['scorm-course.html', 'scorm-course.js']) {
    files.set(`/${name}`, readFileSync(join(import.meta.dirname, name)));
  }
  const { url, close } = await serve((request, response) => {
    const { pathname } = new URL(request.url!, 'http://lms');
    const file = files.get(pathname);
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': TYPES[extname(pathname)] ?? 'text/plain' });
    response.end(file);
  });
  return {
    url,
    takeIn(name, archive) {
      const unpacked = unzipSync(archive);
      for (const [path, bytes] of Object.entries(unpacked)) files.set(`${PLACE}${name}/${path}`, bytes);
      return `${url}${PLACE}${name}/`;
    },
    courseOf: (shows) => `${url}/scorm-course.html?${new URLSearchParams({ shows })}`,
    close,
  };
}

/** A server on a port of its own, so that it is another site's. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
