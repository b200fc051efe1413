import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FileTree } from '../../../host.ts';
import { testShell } from '../../../shell/testing/test-shell.ts';
import { concatBytes, decode, encode } from '../../../stdio.ts';
import { allPrograms } from '../../all-programs.ts';
import { nginxFiles } from '../files.ts';
import { type CorpusCase, FILES } from './corpus.ts';
import { PortTaken, withPorts } from './port-range.ts';

// The same cases before both servers: the simulated one, and the one that is installed where the tests run.

/** A worker has 512 connections unless told, and a request may take several. */
const AT_ONCE = 50;

/** Where a system keeps its nginx; undefined where it has none. */
export function installedNginx(): string | undefined {
  const path = '/usr/sbin/nginx';
  return spawnSync(path, ['-v']).status === 0 ? path : undefined;
}

/** Answers by case and request, in order. */
export type Answers = readonly (readonly string[])[];

function configOf(cases: readonly CorpusCase[], directory: string, first: number): string {
  const blocks = cases.map(({ text }, index) =>
    text
      .replace(/@PORT(?:\+(\d+))?@/g, (_, further = '0') => String(first + index + Number(further)))
      .replaceAll('@DIR@', `${directory}/files`),
  );
  return `worker_processes 1;\npid ${directory}/pid;\nevents { }\nhttp { access_log off; map_hash_bucket_size 128;\n${blocks.join('')}}\n`;
}

/** What both say to the same cases. The ports are the same too: answers may name them. */
export function askBoth(
  nginx: string,
  cases: readonly CorpusCase[],
): Promise<{ readonly ours: Answers; readonly theirs: Answers }> {
  return withPorts(async (first) => ({
    theirs: await askInstalled(nginx, cases, first),
    ours: askSimulated(cases, first),
  }));
}

async function askInstalled(nginx: string, cases: readonly CorpusCase[], first: number): Promise<Answers> {
  const directory = mkdtempSync(join(tmpdir(), 'drydock-nginx-'));
  let server: ChildProcess | undefined;
  try {
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(directory, 'files', name)), { recursive: true });
      writeFileSync(join(directory, 'files', name), text);
    }
    writeFileSync(join(directory, 'nginx.conf'), `user root;\n${configOf(cases, directory, first)}`);
    const args = ['-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error.log'), '-g', 'daemon off;'];
    // This opens the ports, too.
    const checked = spawnSync(nginx, [...args.slice(0, 4), '-t'], { encoding: 'utf8' });
    if (checked.stderr.includes('Address already in use')) throw new PortTaken(checked.stderr);
    if (checked.status !== 0) throw new Error(checked.stderr);
    server = spawn(nginx, args, { stdio: 'ignore' });
    await listening(server, first, join(directory, 'error.log'));
    const answers: string[][] = [];
    for (const [index, { requests }] of cases.entries()) {
      const all: string[] = [];
      for (let at = 0; at < requests.length; at += AT_ONCE) {
        const some = requests.slice(at, at + AT_ONCE).map((request) => askOverNetwork(first + index, request));
        all.push(...(await Promise.all(some)));
      }
      answers.push(all.map((answer) => answer.replaceAll(directory, '@')));
    }
    return answers;
  } finally {
    if (server !== undefined) await ended(server);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await exit;
}

/** Waits, however slow the machine is, until the server takes connections; one that ended instead says why in its log. */
async function listening(server: ChildProcess, port: number, log: string): Promise<void> {
  while (server.exitCode === null && server.signalCode === null) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const said = readFileSync(log, 'utf8');
  throw said.includes('Address already in use') ? new PortTaken(said) : new Error(`nginx does not listen: ${said}`);
}

/** The whole answer: until it is complete or the server closes. An error shows in what is missing. */
function askOverNetwork(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('utf8').on('data', (piece) => {
      text += piece;
      if (isComplete(text)) socket.destroy();
    });
    socket.on('error', (error) => {
      text += `\n${error.message}`;
    });
    socket.on('close', () => resolve(text));
    socket.write(`${request}\r\n\r\n`);
  });
}

/** A server that waits for the next request has answered this one. */
function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = /^content-length: (\d+)/im.exec(text)?.[1];
  return end >= 0 && length !== undefined && encode(text.slice(end + 4)).length >= Number(length);
}

function askSimulated(cases: readonly CorpusCase[], first: number): Answers {
  const directory = '/corpus';
  const files: Record<string, FileTree[string]> = {
    ...nginxFiles(allPrograms),
    '/etc/nginx/nginx.conf': { text: configOf(cases, directory, first) },
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
          const fd = yield* process.connect('127.0.0.1', first + index);
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
