import type { Task } from '../../../sim/index.ts';
import type { Errno } from '../../errno.ts';
import type { Process } from '../../syscalls.ts';
import { dial, isLost, Wire } from '../json-wire.ts';
import type { Answer, Greeting, Hello } from './messages.ts';
import { SqlError } from './sql-error.ts';

export interface Address extends Hello {
  /** Undefined: over the socket of this machine. */
  readonly host: string | undefined;
  readonly port: number;
}

/** Where a server is found on its own machine. */
export const SOCKET = '/var/run/mysqld/mysqld.sock';

/** A connection of a client. */
export class Connection {
  readonly #wire: Wire;
  readonly version: string;
  readonly id: number;

  constructor(wire: Wire, { version, id }: Exclude<Greeting, { readonly error: unknown }>) {
    this.#wire = wire;
    this.version = version;
    this.id = id;
  }

  /** Throws SqlError, also when the server goes away. */
  *ask(sql: string): Task<Exclude<Answer, { readonly error: unknown }>> {
    let answer: Answer;
    try {
      yield* this.#wire.send({ sql });
      answer = yield* this.#wire.receive<Answer>();
    } catch (error) {
      if (!isLost(error)) throw error;
      throw new SqlError(2013, 'HY000', 'Lost connection to MySQL server during query');
    }
    if ('error' in answer) throw refusalOf(answer.error);
    return answer;
  }

  close(): void {
    this.#wire.close();
  }
}

const refusalOf = ({
  code,
  state,
  message,
}: {
  readonly code: number;
  readonly state: string;
  readonly message: string;
}) => new SqlError(code, state, message);

/** Connects and says who it is. Throws SqlError. */
export function* connect(process: Process, address: Address): Task<Connection> {
  const { host, port, user, password, database } = address;
  const wire = yield* open(process, host, port);
  try {
    yield* wire.send({ user, password, database } satisfies Hello);
    const greeting = yield* wire.receive<Greeting>();
    if (!('error' in greeting)) return new Connection(wire, greeting);
    throw refusalOf(greeting.error);
  } catch (error) {
    wire.close();
    if (!isLost(error)) throw error;
    throw new SqlError(2013, 'HY000', "Lost connection to MySQL server at 'reading initial communication packet'");
  }
}

function* open(process: Process, host: string | undefined, port: number): Task<Wire> {
  try {
    if (host === undefined) return new Wire(process, yield* process.connectUnix(SOCKET));
    return yield* dial(process, host, port);
  } catch (error) {
    if (!isLost(error)) throw error;
    if (host === undefined) {
      const number = error.code === 'ENOENT' ? 2 : 111;
      throw new SqlError(2002, 'HY000', `Can't connect to local MySQL server through socket '${SOCKET}' (${number})`);
    }
    if (error.code === 'ENOENT') throw new SqlError(2005, 'HY000', `Unknown MySQL server host '${host}' (-2)`);
    throw new SqlError(
      2003,
      'HY000',
      `Can't connect to MySQL server on '${host}:${port}' (${NUMBERS[error.code] ?? 111})`,
    );
  }
}

const NUMBERS: Partial<Readonly<Record<Errno['code'], number>>> = {
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
};
