import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { workshopCommand } from './command.ts';
import { freePort } from './free-port.ts';
import type { MemoryUse } from './memory-probe.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

export interface MeasuredServer {
  readonly port: number;
  readonly code: string;
  /** Of the board. */
  readonly key: string;
  /** What the process has used, where /proc tells. */
  usage(): { readonly cpuMs: number; readonly memoryMb: number };
  /** What it holds, after its heap was collected. */
  memory(): Promise<MemoryUse>;
  stop(): void;
}

/** A workshop's server in a process of its own, as `npm run workshop` starts it. */
export async function startMeasuredServer(database: string | undefined): Promise<MeasuredServer> {
  const data = mkdtempSync(join(tmpdir(), 'drydock-load-'));
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--import',
      join(import.meta.dirname, 'memory-probe.ts'),
      ...workshopCommand(),
      ...['--host', '127.0.0.1', '--port', String(port), '--data', data, '--behind-proxy'],
      ...(database === undefined ? [] : ['--database', database]),
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  let printed = '';
  await new Promise<void>((ready, failed) => {
    child.once('exit', () => failed(new Error(`the server did not start:\n${printed}`)));
    child.stdout!.on('data', (text) => {
      printed += text;
      if (printed.includes('Ctrl-C stops')) ready();
    });
  });
  return {
    port,
    code: /with the code +(\w+)/.exec(printed)![1]!,
    key: /#key=(\S+)/.exec(printed)![1]!,
    usage() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ');
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return {
        cpuMs: (Number(fields[13]) + Number(fields[14])) * 10,
        memoryMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
      };
    },
    memory: () =>
      new Promise((told) => {
        child.once('message', (use) => told(use as MemoryUse));
        child.send('memory');
      }),
    stop() {
      child.kill('SIGKILL');
      rmSync(data, { recursive: true, force: true });
    },
  };
}
