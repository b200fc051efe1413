import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Line, SlowLine } from './slow-line.ts';

/** Where `astro build` puts the site. */
export const SITE_FOLDER = resolve(import.meta.dirname, '../../dist');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/**
 * Serves a built site on a free port of this machine, as any static host would.
 *
 * @param line over which it comes, zipped and to be kept, as hosts on the net serve it; as fast as can be unless told
 */
export async function serveSite(
  folder = SITE_FOLDER,
  line?: Line,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const slow = line === undefined ? undefined : new SlowLine(line);
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname));
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    const found = file.startsWith(folder) && existsSync(file) && extname(file) !== '';
    response.writeHead(found ? 200 : 404, {
      'content-type': TYPES[found ? extname(file) : '.html'] ?? 'application/octet-stream',
      ...(slow !== undefined && { 'content-encoding': 'gzip', 'cache-control': 'max-age=600' }),
    });
    const body = await readFile(found ? file : join(folder, '404.html')).catch(() => Buffer.alloc(0));
    if (slow === undefined) response.end(body);
    else slow.send(response, gzipSync(body, { level: 9 }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      slow?.close();
      return closed(server);
    },
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.closeAllConnections();
    server.close(() => done());
  });
}
