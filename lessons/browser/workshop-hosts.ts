import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, vi } from 'vitest';
import { startBalancer } from '../workshop/testing/balancer.ts';
import { workshopCommand } from '../workshop/testing/command.ts';
import { freePort } from '../workshop/testing/free-port.ts';
import { temporaryPostgres } from '../workshop/testing/temporary-postgres.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A workshop that runs somewhere, and can be hurt. */
export interface WorkshopHost {
  /** Where learners and the instructor find it, whatever happens behind. */
  readonly url: string;
  readonly code: string;
  readonly key: string;
  /** Where there is one besides the servers. */
  readonly database?: { kill(): Promise<void>; start(): Promise<void> };
  /** A server dies without a word. */
  kill(): Promise<void>;
  /** It is as well again as it gets. */
  recover(): Promise<void>;
  end(): Promise<void>;
}

/**
 * One laptop: a file, and one server that is started again after it was killed.
 *
 * @param asked the arguments, which may depend on the port
 * @param environment beside this process's own
 */
export async function laptop(
  asked: readonly string[] | ((port: number) => readonly string[]),
  environment: Readonly<Record<string, string>> = {},
): Promise<WorkshopHost> {
  const data = mkdtempSync(join(tmpdir(), 'drydock-workshop-'));
  const port = await freePort();
  const args = typeof asked === 'function' ? asked(port) : asked;
  let server = await startServer(port, ['--data', data, ...args], environment);
  return {
    url: `http://127.0.0.1:${port}`,
    code: server.code,
    key: server.key,
    kill: () => server.kill(),
    async recover() {
      server = await startServer(port, ['--data', data, ...args]);
      expect(server.printed()).toContain('where it was left');
    },
    async end() {
      await server.kill();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** A campus: PostgreSQL, two servers and a balancer before them. The first server dies and stays dead. */
export async function campus(args: readonly string[]): Promise<WorkshopHost | undefined> {
  const postgres = await temporaryPostgres();
  if (postgres === undefined) return undefined;
  const data = mkdtempSync(join(tmpdir(), 'drydock-workshop-'));
  const ports = [await freePort(), await freePort()] as const;
  const shared = ['--database', postgres.url, '--data', data, ...args];
  const first = await startServer(ports[0], shared);
  const second = await startServer(ports[1], shared);
  expect(second.code).toBe(first.code);
  const balancer = await startBalancer(ports);
  return {
    url: `http://127.0.0.1:${balancer.port}`,
    code: first.code,
    key: first.key,
    database: postgres,
    kill: () => first.kill(),
    async recover() {},
    async end() {
      await balancer.close();
      await Promise.all([first.kill(), second.kill()]);
      await postgres.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

interface StartedServer {
  readonly code: string;
  readonly key: string;
  printed(): string;
  kill(): Promise<void>;
}

async function startServer(
  port: number,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<StartedServer> {
  const command = [...workshopCommand(), '--host', '127.0.0.1', '--port', String(port), ...args];
  const server: ChildProcess = spawn(process.execPath, command, { cwd: ROOT, env: { ...process.env, ...environment } });
  let printed = '';
  for (const stream of [server.stdout!, server.stderr!]) {
    stream.on('data', (text) => {
      printed += text;
    });
  }
  const gone = new Promise<void>((done) => server.once('exit', () => done()));
  await vi.waitFor(() => expect(printed).toContain('Ctrl-C stops'), { timeout: 300_000, interval: 50 });
  return {
    code: /with the code +(\w+)/.exec(printed)![1]!,
    key: /#key=(\S+)/.exec(printed)![1]!,
    printed: () => printed,
    async kill() {
      server.kill('SIGKILL');
      await gone;
    },
  };
}
