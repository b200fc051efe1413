import { Simulation } from '../../../sim/index.ts';
import { createFabric, createHost, type FileTree, type WaitStatus } from '../../index.ts';
import { allPrograms } from '../../programs/all-programs.ts';
import { busyboxTree, coreTree } from '../../programs/index.ts';
import { encode } from '../../stdio.ts';
import { type CompleterTable, createShell } from '../index.ts';

// A terminal with a shell on it, for tests.

export interface TestTerminal {
  readonly sim: Simulation;
  resize(columns: number, rows: number): void;
  /** Types text and lets half a second pass. */
  type(text: string): void;
  /** What has been shown since the last call, without control sequences. */
  shown(): string;
  /** The same with control sequences. */
  raw(): string;
  exitStatus(): WaitStatus | undefined;
}

export function testTerminal(
  dialect: 'bash' | 'ash',
  options: { files?: FileTree; completers?: CompleterTable; columns?: number } = {},
): TestTerminal {
  const sim = new Simulation({ seed: 'test' });
  const host = createHost({
    sim,
    name: 'box',
    fabric: createFabric(sim),
    addresses: [],
    cpuMillis: 2000,
    memoryBytes: 2 ** 30,
    root: {
      ...(dialect === 'bash' ? coreTree(allPrograms) : busyboxTree(allPrograms)),
      '/root': { directory: true },
      '/tmp': { directory: true, mode: 0o1777 },
      '/etc/passwd': { text: 'root:x:0:0:root:/root:/bin/sh\n' },
      ...options.files,
    },
  });
  const terminal = host.openTerminal(options.columns ?? 80, 24);
  let output = '';
  const decoder = new TextDecoder();
  terminal.onOutput((data) => {
    output += decoder.decode(data, { stream: true });
    if (output.length > 1_000_000) output = output.slice(-100_000);
  });
  let status: WaitStatus | undefined;
  host.spawn({
    run: createShell({
      name: dialect === 'bash' ? 'bash' : 'sh',
      ...(options.completers && { completers: options.completers }),
    }),
    argv: [dialect === 'bash' ? 'bash' : 'sh'],
    env: { PATH: '/usr/bin:/bin', HOME: '/root', TERM: 'xterm' },
    cwd: '/root',
    files: { 0: terminal.slave, 1: terminal.slave, 2: terminal.slave },
    terminal: terminal.slave,
    onExit: (ended) => {
      status = ended;
    },
  });
  sim.runFor(100);
  const raw = () => {
    const text = output;
    output = '';
    return text;
  };
  return {
    sim,
    raw,
    resize(columns, rows) {
      terminal.resize(columns, rows);
      sim.runFor(10);
    },
    type(text) {
      terminal.input(encode(text));
      sim.runFor(500);
    },
    shown: () =>
      raw()
        .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
        .replaceAll('\r\n', '\n')
        .replaceAll('\r', ''),
    exitStatus: () => status,
  };
}
