import { Channel } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

/** A statement that changed data, and the database that it was made in. */
export interface LogEvent {
  readonly database: string | undefined;
  readonly sql: string;
}

/** An event with where the log goes on after it. */
export interface Logged extends LogEvent {
  readonly end: number;
}

/** Where the first event is: what comes before is about the log itself. */
const FIRST = 154;

/** What changed data, in order, for those that follow; kept in a file when `log-bin` says so. */
export class BinaryLog {
  readonly file = 'mysql-bin.000001';
  readonly openedMs: number;
  readonly isOpen: boolean;
  readonly #process: Process;
  readonly #path: string;
  readonly #events: Logged[] = [];
  readonly #followers = new Set<Channel<Logged>>();

  constructor(process: Process, directory: string, isOpen: boolean) {
    this.#process = process;
    this.#path = `${directory}/${this.file}`;
    this.openedMs = process.now();
    this.isOpen = isOpen;
    if (isOpen) this.#read();
  }

  #read(): void {
    try {
      const lines = decode(this.#process.readFile(this.#path)).split('\n');
      for (const line of lines) if (line !== '') this.#events.push(JSON.parse(line) as Logged);
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'ENOENT') throw error;
    }
  }

  get position(): number {
    return this.#events.at(-1)?.end ?? FIRST;
  }

  append(event: LogEvent): void {
    if (!this.isOpen) return;
    const logged = { ...event, end: this.position + event.sql.length + 65 };
    this.#events.push(logged);
    this.#process.writeFile(this.#path, encode(`${JSON.stringify(logged)}\n`), { append: true });
    for (const follower of this.#followers) follower.send(logged);
  }

  /** What comes after a position, and from then on whatever comes. */
  follow(position: number): Channel<Logged> {
    const follower = new Channel<Logged>();
    for (const event of this.#events) if (event.end > position) follower.send(event);
    this.#followers.add(follower);
    return follower;
  }

  unfollow(follower: Channel<Logged>): void {
    this.#followers.delete(follower);
  }
}
