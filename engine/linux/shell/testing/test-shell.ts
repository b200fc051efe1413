import { Simulation } from '../../../sim/index.ts';
import { createFabric, createHost, type FileTree, type Host, signalExitCode, type WaitStatus } from '../../index.ts';
import { allPrograms } from '../../programs/all-programs.ts';
import { busyboxTree, coreTree } from '../../programs/index.ts';
import { decode, encode } from '../../stdio.ts';
import type { Dialect } from '../shell.ts';

// A machine for tests of the shell and the programs.

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined when it has not ended by the time limit. */
  readonly exitCode: number | undefined;
}

export interface TestShell {
  readonly sim: Simulation;
  readonly host: Host;
  /** Runs a command line to its end, at most for an hour of virtual time. */
  run(argv: readonly string[], stdin?: string): Run;
  /** Runs `sh -c text`, by the dialect's own shell. */
  sh(text: string, stdin?: string): Run;
}

const FILES: FileTree = {
  '/tmp': { directory: true, mode: 0o1777 },
  '/work': { directory: true },
  '/root': { directory: true },
  '/usr/local': { directory: true },
  '/etc/passwd': { text: 'root:x:0:0:root:/root:/bin/sh\n' },
  '/etc/group': { text: 'root:x:0:\n' },
  '/etc/hosts': { text: '127.0.0.1 localhost\n10.0.0.1 box\n' },
};

const ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };

export function testShell(dialect: Dialect, files: FileTree = {}): TestShell {
  const sim = new Simulation({ seed: 'test' });
  const tree: Record<string, FileTree[string]> = {
    ...FILES,
    ...(dialect === 'ash' ? busyboxTree(allPrograms) : coreTree(allPrograms)),
    ...files,
  };
  if (dialect === 'bash') tree['/bin/sh'] = tree['/bin/bash']!;
  const host = createHost({
    sim,
    name: 'box',
    fabric: createFabric(sim),
    addresses: [{ interface: 'eth0', address: '10.0.0.1', prefixLength: 24 }],
    cpuMillis: 2000,
    memoryBytes: 2 ** 30,
    root: tree,
  });
  const run: TestShell['run'] = (argv, stdin = '') => {
    let stdout = '';
    let stderr = '';
    let status: WaitStatus | undefined;
    const source = host.source();
    const path = argv[0]!.includes('/')
      ? argv[0]!
      : ['/bin', '/usr/bin', '/sbin', '/usr/sbin']
          .map((directory) => `${directory}/${argv[0]}`)
          .find((candidate) => tree[candidate] !== undefined);
    host.spawn({
      run: path ?? argv[0]!,
      argv,
      env: ENV,
      cwd: '/work',
      files: {
        0: source.file,
        1: host.sink((data) => {
          stdout += decode(data);
        }),
        2: host.sink((data) => {
          stderr += decode(data);
        }),
      },
      onExit: (ended) => {
        status = ended;
      },
    });
    if (stdin !== '') source.send(encode(stdin));
    source.close();
    sim.runUntil(() => status !== undefined, 3_600_000);
    const exitCode =
      status === undefined ? undefined : status.kind === 'exited' ? status.code : signalExitCode(status.signal);
    return { stdout, stderr, exitCode };
  };
  return { sim, host, run, sh: (text, stdin) => run([dialect === 'bash' ? 'bash' : 'sh', '-c', text], stdin) };
}
