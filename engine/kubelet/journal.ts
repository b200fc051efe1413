import type { Pod } from '../api/kinds.ts';
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

  /** That a Pod is not as it should be, and is tried again later. After `pod_workers.go` (`podWorkerLoop`). */
  notSynced({ metadata }: Pod, why: string): void {
    const { namespace = 'default', name, uid } = metadata;
    const pod = `pod="${namespace}/${name}" podUID="${uid}"`;
    this.failed('pod_workers.go:1338', 'Error syncing pod, skipping', why, pod);
  }

  /** What Go's HTTP client makes of a request that nobody took: `Get "https://…": dial tcp …` */
  unanswered(method: 'Get' | 'Post', path: string, { message }: ConnectionError): string {
    return `${method} "${this.#server}${path}": ${message}`;
  }
}
