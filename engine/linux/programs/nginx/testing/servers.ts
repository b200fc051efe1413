import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FileTree } from '../../../host.ts';
import { testShell } from '../../../shell/testing/test-shell.ts';
import { concatBytes, decode, encode } from '../../../stdio.ts';
import { allPrograms } from '../../all-programs.ts';
import { nginxFiles } from '../files.ts';
import { type CorpusCase, FILES } from './corpus.ts';

// The same cases before both servers: the simulated one, and the one that is installed where the tests run.

const FIRST_PORT = 18_100;
/** A worker has 512 connections unless told, and a request may take several. */
const AT_ONCE = 50;

/** Where a system keeps its nginx; undefined where it has none. */
export function installedNginx(): string | undefined {
  const path = '/usr/sbin/nginx';
  return spawnSync(path, ['-v']).status === 0 ? path : undefined;
}

/** Answers by case and request, in order. */
export type Answers = readonly (readonly string[])[];

function configOf(cases: readonly CorpusCase[], directory: string): string {
  const blocks = cases.map(({ text }, index) =>
    text.replaceAll('@PORT@', String(FIRST_PORT + index)).replaceAll('@DIR@', `${directory}/files`),
  );
  return `worker_processes 1;\npid ${directory}/pid;\nevents { }\nhttp { access_log off; map_hash_bucket_size 128;\n${blocks.join('')}}\n`;
}

export async function askInstalled(nginx: string, cases: readonly CorpusCase[]): Promise<Answers> {
  const directory = mkdtempSync(join(tmpdir(), 'drydock-nginx-'));
  let server: ChildProcess | undefined;
  try {
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(directory, 'files', name)), { recursive: true });
      writeFileSync(join(directory, 'files', name), text);
    }
    writeFileSync(join(directory, 'nginx.conf'), `user root;\n${configOf(cases, directory)}`);
    const args = ['-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error.log'), '-g', 'daemon off;'];
    const checked = spawnSync(nginx, [...args.slice(0, 4), '-t'], { encoding: 'utf8' });
    if (checked.status !== 0) throw new Error(checked.stderr);
    server = spawn(nginx, args, { stdio: 'ignore' });
    await listening(FIRST_PORT);
    const answers: string[][] = [];
    for (const [index, { requests }] of cases.entries()) {
      const all: string[] = [];
      for (let at = 0; at < requests.length; at += AT_ONCE) {
        const some = requests.slice(at, at + AT_ONCE).map((request) => askOverNetwork(FIRST_PORT + index, request));
        all.push(...(await Promise.all(some)));
      }
      answers.push(all.map((answer) => answer.replaceAll(directory, '@')));
    }
    return answers;
  } finally {
    if (server !== undefined) {
      const ended = new Promise((resolve) => server!.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    }
    rmSync(directory, { recursive: true, force: true });
  }
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nginx does not listen');
}

function askOverNetwork(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('utf8').on('data', (piece) => {
      text += piece;
      if (isComplete(text)) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    socket.write(`${request}\r\n\r\n`);
    setTimeout(() => socket.destroy(), 5000).unref();
  });
}

/** A server that waits for the next request has answered this one. */
function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = /^content-length: (\d+)/im.exec(text)?.[1];
  return end >= 0 && length !== undefined && encode(text.slice(end + 4)).length >= Number(length);
}

export function askSimulated(cases: readonly CorpusCase[]): Answers {
  const directory = '/corpus';
  const files: Record<string, FileTree[string]> = {
    ...nginxFiles(allPrograms),
    '/etc/nginx/nginx.conf': { text: configOf(cases, directory) },
    [directory]: { directory: true },
  };
  for (const [name, text] of Object.entries(FILES)) files[`${directory}/files/${name}`] = { text };
  const answers: string[][] = [];
  files['/usr/bin/ask'] = {
    *program(process) {
      for (const [index, { requests }] of cases.entries()) {
        const all: string[] = [];
        answers.push(all);
        for (const request of requests) {
          const fd = yield* process.connect('127.0.0.1', FIRST_PORT + index);
          yield* process.write(fd, encode(`${request}\r\n\r\n`));
          const pieces: Uint8Array[] = [];
          for (;;) {
            if ((yield* process.poll([fd], 5000)).length === 0) break;
            let piece: Uint8Array = new Uint8Array(0);
            try {
              piece = yield* process.read(fd);
            } catch {
              // Closed without a word.
            }
            pieces.push(piece);
            if (piece.length === 0 || isComplete(decode(concatBytes(pieces)))) break;
          }
          process.close(fd);
          all.push(decode(concatBytes(pieces)).replaceAll(directory, '@'));
        }
      }
      return 0;
    },
  };
  const shell = testShell('dash', files);
  const started = shell.sh('nginx; sleep 1');
  if (started.exitCode !== 0 || started.stderr.includes('[emerg]')) throw new Error(started.stderr);
  const { stderr } = shell.sh('ask');
  if (stderr !== '') throw new Error(stderr);
  return answers;
}
