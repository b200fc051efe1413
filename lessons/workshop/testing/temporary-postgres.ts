import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where distributions put PostgreSQL's own programs. */
const DEBIAN = '/usr/lib/postgresql';

/** Ids for the server when the tests run as root, which PostgreSQL refuses to be. */
const NOBODY = 65_534;

export interface TemporaryPostgres {
  readonly url: string;
  /** Power off: what was not on the disk is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it, and its folder. */
  stop(): Promise<void>;
}

/** A PostgreSQL of its own in a folder that goes with it; undefined, with a word on the console, where there is none. */
export async function temporaryPostgres(): Promise<TemporaryPostgres | undefined> {
  const bin = binaries();
  if (bin === undefined) {
    console.warn(
      'SKIPPED: no PostgreSQL here (Debian: apt-get install postgresql); the tests that need one do not run',
    );
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'drydock-postgres-'));
  const asRoot = process.getuid?.() === 0;
  if (asRoot) chownSync(folder, NOBODY, NOBODY);
  const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const data = join(folder, 'data');
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'drydock', '--auth=trust', '-E', 'UTF8', '--no-sync'],
    { ...identity, cwd: folder },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  // A socket in its own folder: a port of the machine might be taken by the time it is to be listened on, or again after a fall.
  const args = ['-D', data, '-c', 'listen_addresses=', '-k', folder];
  let server: ChildProcess;
  let ended: Promise<void>;
  const start = async (): Promise<void> => {
    server = spawn(join(bin, 'postgres'), args, { ...identity, cwd: folder, stdio: 'ignore' });
    ended = new Promise((resolve) => server.once('exit', () => resolve()));
    while (spawnSync(join(bin, 'pg_isready'), ['-h', folder]).status !== 0) {
      if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const kill = async (): Promise<void> => {
    server.kill('SIGQUIT');
    await ended;
  };
  await start();
  return {
    url: `postgres://drydock@${encodeURIComponent(folder)}/postgres`,
    kill,
    start,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function binaries(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.find((folder) => ['initdb', 'postgres', 'pg_isready'].every((name) => existsSync(join(folder, name))));
}
