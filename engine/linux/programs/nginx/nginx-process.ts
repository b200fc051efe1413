import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { concatBytes, decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

const NGINX = '/usr/bin/nginx';
const CONFIGURATION = '/etc/nginx/nginx.conf';
const CANDIDATE = '/tmp/nginx/nginx-cfg';

/** The nginx that runs beside a controller, in its container, and is given one configuration after the other. */
export class NginxProcess {
  readonly #process: Process;
  #pid: number | undefined;
  #tries = 0;

  constructor(process: Process) {
    this.#process = process;
  }

  get isRunning(): boolean {
    if (this.#pid === undefined) return false;
    try {
      this.#process.kill(this.#pid, 0);
      return true;
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  }

  start(): void {
    this.#pid = this.#process.spawn({ path: NGINX, argv: ['nginx', '-c', CONFIGURATION] });
  }

  /** Whether the configuration that nginx has is this one already. */
  has(text: string): boolean {
    try {
      return decode(this.#process.readFile(CONFIGURATION)) === text;
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  }

  /** Has nginx judge a configuration and, if it is good, use it. What nginx says against it is returned. */
  *use(text: string): Task<string | undefined> {
    const process = this.#process;
    this.#tries += 1;
    const candidate = `${CANDIDATE}${this.#tries}`;
    process.writeFile(candidate, text);
    const test = yield* this.#run('-c', candidate, '-t');
    if (test.code !== 0)
      return `\n-------------------------------------------------------------------------------\nError: exit status ${test.code}\n${test.output}\n-------------------------------------------------------------------------------\n`;
    process.unlink(candidate);
    process.writeFile(CONFIGURATION, text);
    const reload = yield* this.#run('-s', 'reload');
    return reload.code === 0 ? undefined : `exit status ${reload.code}\n${reload.output}`;
  }

  /** Lets nginx finish what it is at. */
  *quit(): Task<void> {
    if (!this.isRunning) return;
    yield* this.#run('-s', 'quit');
    try {
      yield* this.#process.waitpid(this.#pid!);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }

  *#run(...args: readonly string[]): Task<{ readonly code: number; readonly output: string }> {
    const process = this.#process;
    const [read, write] = process.pipe();
    const pid = process.spawn({
      path: NGINX,
      argv: ['nginx', ...(args[0] === '-c' ? [] : ['-c', CONFIGURATION]), ...args],
      fds: { 0: 0, 1: write, 2: write },
    });
    process.close(write);
    const pieces: Uint8Array[] = [];
    for (;;) {
      const piece = yield* uninterrupted(() => process.read(read));
      if (piece.length === 0) break;
      pieces.push(piece);
    }
    process.close(read);
    const ended = yield* uninterrupted(() => process.waitpid(pid));
    const code = ended?.status.kind === 'exited' ? ended.status.code : 1;
    return { code, output: decode(concatBytes(pieces)) };
  }
}

/** A call again when a signal came in between. */
function* uninterrupted<T>(call: () => Task<T>): Task<T> {
  for (;;) {
    try {
      return yield* call();
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
    }
  }
}
