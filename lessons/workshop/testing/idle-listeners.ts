import { connect, type Socket } from 'node:net';

/** So many begin to listen at once. */
const AT_ONCE = 100;

/** Learners who have a page open and do nothing: a connection each, as bare as it can be on this side. */
export class IdleListeners {
  readonly #sockets: Socket[] = [];
  /** Of each connection, how often it was told something (`alive` besides). */
  readonly #told: { messages: number; alive: number }[] = [];
  #lost = 0;

  async open(port: number, tokens: readonly string[]): Promise<void> {
    for (let from = 0; from < tokens.length; from += AT_ONCE) {
      await Promise.all(tokens.slice(from, from + AT_ONCE).map((token) => this.#open(port, token)));
    }
  }

  #open(port: number, token: string): Promise<void> {
    const told = { messages: 0, alive: 0 };
    return new Promise((opened) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          `GET /workshop/api/me/messages HTTP/1.1\r\nhost: load\r\nauthorization: Bearer ${token}\r\naccept: text/event-stream\r\n\r\n`,
        );
      });
      socket.setEncoding('latin1');
      socket.on('data', (text: string) => {
        if (text.startsWith('HTTP/1.1 200')) {
          this.#told.push(told);
          opened();
        }
        told.messages += text.split('event: message').length - 1;
        told.alive += text.split('event: alive').length - 1;
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#lost += 1;
        opened();
      });
      this.#sockets.push(socket);
    });
  }

  /** Connections that were answered and still are there. */
  get listening(): number {
    return this.#sockets.length - this.#lost;
  }

  /** How many have been told so many messages, or more. */
  toldOf(messages: number): number {
    return this.#told.filter((each) => each.messages >= messages).length;
  }

  /** How many have heard that the server is alive. */
  get heardAlive(): number {
    return this.#told.filter(({ alive }) => alive > 0).length;
  }
}
