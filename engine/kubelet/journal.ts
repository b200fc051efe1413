import type { ConnectionError } from '../client/transport.ts';

/** Takes a line, to which whoever keeps the journal adds severity, time and process. */
export type WriteLine = (place: string, text: string) => void;

/** What a kubelet says of its failures: `"what it could not do" err="why" key="value"`. */
export class KubeletJournal {
  readonly #server: string;
  readonly #write: WriteLine;

  /** @param server the URL of its API server, which it names when nobody answers there */
  constructor(server: string, write: WriteLine) {
    this.#server = server;
    this.#write = write;
  }

  /** @param place the file and line of the real kubelet that say so */
  failed(place: string, message: string, why: string, rest = ''): void {
    this.#write(place, `${JSON.stringify(message)} err=${JSON.stringify(why)}${rest === '' ? '' : ` ${rest}`}`);
  }

  /** What Go's HTTP client makes of a request that nobody took: `Get "https://…": dial tcp …` */
  unanswered(method: 'Get' | 'Post', path: string, { message }: ConnectionError): string {
    return `${method} "${this.#server}${path}": ${message}`;
  }
}
