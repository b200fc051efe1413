import { Errno } from '../linux/errno.ts';
import type { Host, PseudoTerminal } from '../linux/host.ts';
import { HOME } from './cluster.ts';

/** The environment of a learner's shell. */
export const SHELL_ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME,
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  SHELL: '/bin/bash',
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  USER: 'root',
  LOGNAME: 'root',
  EDITOR: 'nano',
};

/** Most terminals a learner may have open at once. */
const MAX_TERMINALS = 16;

interface Session {
  readonly terminal: PseudoTerminal;
}

/** How long it takes until a shell that could not be started is tried again. */
const RETRY_MS = 1000;

type OutputListener = (terminal: string, data: Uint8Array) => void;

/** The learner's terminals: each a pseudo-terminal with an interactive shell on the workstation. */
export class Terminals {
  readonly #host: Host;
  readonly #sessions = new Map<string, Session>();
  readonly #listeners = new Set<OutputListener>();
  readonly #encoder = new TextEncoder();

  constructor(host: Host) {
    this.#host = host;
  }

  /** @throws Error when the name is taken or too many are open. */
  open(name: string, columns: number, rows: number): void {
    if (this.#sessions.has(name)) throw new Error(`terminal "${name}" is already open`);
    if (this.#sessions.size >= MAX_TERMINALS) throw new Error(`only ${MAX_TERMINALS} terminals can be open at once`);
    const terminal = this.#host.openTerminal(columns, rows);
    terminal.onOutput((data) => {
      for (const listener of this.#listeners) listener(name, data);
    });
    this.#sessions.set(name, { terminal });
    this.#startShell(name, terminal);
  }

  /** Text as typed or pasted; ignored when the terminal is closed. */
  input(name: string, text: string): void {
    this.#sessions.get(name)?.terminal.input(this.#encoder.encode(text));
  }

  resize(name: string, columns: number, rows: number): void {
    this.#sessions.get(name)?.terminal.resize(columns, rows);
  }

  close(name: string): void {
    const session = this.#sessions.get(name);
    this.#sessions.delete(name);
    session?.terminal.hangUp();
  }

  onOutput(listener: OutputListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #startShell(name: string, terminal: PseudoTerminal): void {
    const { slave } = terminal;
    try {
      this.#host.spawn({
        run: '/bin/bash',
        argv: ['-bash'],
        env: SHELL_ENVIRONMENT,
        cwd: HOME,
        files: { 0: slave, 1: slave, 2: slave },
        terminal: slave,
        onExit: () => this.#restartShell(name, terminal),
      });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      // No room for another process, as after a fork bomb, or no shell any more.
      const message = this.#encoder.encode(`/bin/bash: ${error.message}\r\n`);
      for (const listener of this.#listeners) listener(name, message);
      this.#host.sim.schedule(RETRY_MS, `terminal ${name}`, () => this.#restartShell(name, terminal));
    }
  }

  /** A learner who types `exit` gets a fresh shell: a terminal that is open can always be used. */
  #restartShell(name: string, terminal: PseudoTerminal): void {
    if (this.#sessions.get(name)?.terminal !== terminal || !this.#host.running) return;
    this.#startShell(name, terminal);
  }
}
