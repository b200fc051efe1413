import { Errno } from '../../linux/errno.ts';
import { decode, encode } from '../../linux/stdio.ts';
import type { OpenOptions, Process, SpawnOptions } from '../../linux/syscalls.ts';
import { type Simulation, sleep, type Task, waitFor } from '../../sim/index.ts';

/** What stands behind a process in tests: files in memory, and everything it wrote. */
export interface FakeProcessOptions {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files: Map<string, string>;
  readonly stdin?: string;
  readonly terminal?: boolean;
  /** Stands for whatever program is spawned; gets the argument vector and returns the exit code. */
  readonly spawned?: (argv: readonly string[]) => number;
}

/** A process with just enough of a kernel for kubectl. A call that it does not have throws ENOSYS. */
export class FakeProcess {
  readonly pid = 100;
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd = '/root';
  readonly files: Map<string, string>;
  stdout = '';
  stderr = '';
  terminalMode: 'cooked' | 'raw' = 'cooked';
  readonly #sim: Simulation;
  readonly #options: FakeProcessOptions;
  readonly #input: Uint8Array[] = [];
  #inputEnded = false;
  #wakeReader: () => void = () => {};

  constructor(sim: Simulation, options: FakeProcessOptions) {
    this.#sim = sim;
    this.#options = options;
    this.argv = options.argv;
    this.env = { HOME: '/root', PATH: '/usr/bin', ...options.env };
    this.files = options.files;
    if (options.stdin !== undefined) this.#input.push(encode(options.stdin));
    this.#inputEnded = options.terminal !== true;
  }

  /** The process as a program sees it. */
  get process(): Process {
    return new Proxy(this, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (value !== undefined) return typeof value === 'function' ? value.bind(target) : value;
        return () => {
          throw new Errno('ENOSYS');
        };
      },
    }) as unknown as Process;
  }

  /** Types something; undefined is the end of the input. */
  type(text: string | undefined): void {
    if (text === undefined) this.#inputEnded = true;
    else this.#input.push(encode(text));
    this.#wakeReader();
  }

  now(): number {
    return this.#sim.wallMs;
  }

  sleep(durationMs: number) {
    return sleep(this.#sim, durationMs);
  }

  *read(): Task<Uint8Array> {
    yield* this.poll();
    return this.#input.shift() ?? new Uint8Array();
  }

  *poll(fds: readonly number[] = [0], timeoutMs?: number): Task<readonly number[]> {
    const ready = () => this.#input.length > 0 || this.#inputEnded;
    if (!ready() && timeoutMs === 0) return [];
    while (!ready()) {
      yield* waitFor<void>({
        start: (resume) => {
          this.#wakeReader = resume;
          return () => {
            this.#wakeReader = () => {};
          };
        },
      });
    }
    return fds;
  }

  *write(fd: number, data: Uint8Array) {
    if (fd === 1) this.stdout += decode(data);
    else this.stderr += decode(data);
  }

  isTerminal(): boolean {
    return this.#options.terminal === true;
  }

  windowSize() {
    return { columns: 80, rows: 24 };
  }

  setTerminalMode(_fd: number, mode: 'cooked' | 'raw'): void {
    this.terminalMode = mode;
  }

  setSignalAction(): void {}

  takeSignals() {
    return [];
  }

  access(path: string): boolean {
    return this.files.has(this.#absolute(path)) || this.#isDirectory(path);
  }

  stat(path: string) {
    if (this.#isDirectory(path)) return { type: 'directory', size: 0 };
    return { type: 'file', size: this.readFile(path).length };
  }

  readdir(path: string) {
    const prefix = `${this.#absolute(path).replace(/\/$/, '')}/`;
    const below = [...this.files.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    return [...new Set(below.map((name) => name.split('/')[0]!))].sort().map((name) => ({
      name,
      type: below.includes(name) ? 'file' : 'directory',
      inode: 1,
    }));
  }

  readFile(path: string): Uint8Array {
    const text = this.files.get(this.#absolute(path));
    if (text === undefined) throw new Errno('ENOENT');
    return encode(text);
  }

  writeFile(path: string, data: Uint8Array | string): void {
    this.files.set(this.#absolute(path), typeof data === 'string' ? data : decode(data));
  }

  open(_path: string, _options: OpenOptions): number {
    throw new Errno('ENOSYS');
  }

  unlink(path: string): void {
    this.files.delete(this.#absolute(path));
  }

  mkdir(): void {}

  spawn(options: SpawnOptions): number {
    const run = this.#options.spawned;
    if (run === undefined) throw new Errno('ENOENT');
    this.#exitCode = run(options.argv);
    return 101;
  }

  #exitCode = 0;

  *waitpid() {
    return { pid: 101, status: { kind: 'exited' as const, code: this.#exitCode } };
  }

  #absolute(path: string): string {
    return path.startsWith('/') ? path : `${this.cwd}/${path.replace(/^\.\//, '')}`.replace(/\/\.?$/, '');
  }

  #isDirectory(path: string): boolean {
    const prefix = `${this.#absolute(path).replace(/\/$/, '')}/`;
    return [...this.files.keys()].some((name) => name.startsWith(prefix));
  }
}
