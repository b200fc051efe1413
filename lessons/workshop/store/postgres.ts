import { Client, Pool } from 'pg';
import type { Hold, Query, Row, Sql } from './sql.ts';

const CHANNEL = 'drydock_workshop';
/** How long after a lost connection it is tried again. */
const RECONNECT_MS = 1000;
/** A server that lost its power says no farewell: what it held is free again after a minute, not after the two hours of TCP. */
const KEEP_ALIVE = 'set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3';
/** https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS */
const LOCKS: Readonly<Record<Hold, string>> = {
  serving: 'select pg_try_advisory_lock_shared(hashtext($1)) as held',
  alone: 'select pg_try_advisory_lock(hashtext($1)) as held',
};

/**
 * PostgreSQL by URL. Several servers may use one database; each hears of the others' changes through LISTEN and NOTIFY.
 *
 * @throws Error when the database does not answer
 */
export async function openPostgres(url: string): Promise<Sql> {
  const pool = new Pool({ connectionString: url, max: 8 });
  // A connection that breaks while it idles is replaced by the pool.
  pool.on('error', () => {});
  const listeners = new Set<(text: string) => void>();
  const ears = new Ears(url, (text) => {
    for (const listener of listeners) listener(text);
  });
  await ears.open();

  return {
    query: queryOn(pool),
    async transaction(body) {
      const client = await pool.connect();
      let broken: Error | undefined;
      // A connection that breaks says so to whoever waits for an answer; without a listener it would end the server as well.
      const lost = (error: Error): void => {
        broken = error;
      };
      client.on('error', lost);
      try {
        await client.query('begin');
        const result = await body(queryOn(client));
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch((rollbackError: Error) => {
          broken = rollbackError;
        });
        throw error;
      } finally {
        client.off('error', lost);
        client.release(broken);
      }
    },
    async notify(text) {
      await pool.query('select pg_notify($1, $2)', [CHANNEL, text]);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onGap(listener) {
      ears.onBack = listener;
    },
    hold: (how) => ears.hold(how),
    async close() {
      await ears.close();
      await pool.end();
    },
  };
}

function queryOn(connection: Pick<Client, 'query'>): Query {
  return async (statement, ...values) => {
    let number = 0;
    const text = statement.replace(/\?/g, () => `$${++number}`);
    return (await connection.query(text, [...values])).rows as Row[];
  };
}

/** The connection that listens, and holds the database; it comes back by itself. */
class Ears {
  readonly #url: string;
  readonly #hear: (text: string) => void;
  #client: Client | undefined;
  #closed = false;
  #how: Hold | undefined;
  onBack: () => void = () => {};

  constructor(url: string, hear: (text: string) => void) {
    this.#url = url;
    this.#hear = hear;
  }

  async open(): Promise<void> {
    const client = new Client({ connectionString: this.#url });
    client.on('notification', ({ payload }) => this.#hear(payload ?? ''));
    client.on('error', () => this.#again());
    client.on('end', () => this.#again());
    await client.connect();
    await client.query(KEEP_ALIVE);
    await client.query(`listen ${CHANNEL}`);
    if (this.#how !== undefined) await client.query(LOCKS[this.#how], [CHANNEL]);
    this.#client = client;
  }

  /** Locks by the connection, so that the lock goes with it. */
  async hold(how: Hold): Promise<boolean> {
    const { rows } = await this.#client!.query<{ readonly held: boolean }>(LOCKS[how], [CHANNEL]);
    if (rows[0]!.held) this.#how = how;
    return rows[0]!.held;
  }

  #again(): void {
    if (this.#closed || this.#client === undefined) return;
    this.#client = undefined;
    const retry = (): void => {
      if (this.#closed) return;
      this.open().then(
        () => this.onBack(),
        () => setTimeout(retry, RECONNECT_MS),
      );
    };
    setTimeout(retry, RECONNECT_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end();
  }
}
