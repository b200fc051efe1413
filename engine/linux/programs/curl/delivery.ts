import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { type HttpResponseHead, STATUS_TEXT } from '../../http.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Options } from '../options.ts';
import type { HttpUrl } from '../resolve.ts';
import { CurlError } from './curl-error.ts';

/** Where a response goes as it comes: its body to standard output or a file, its head where options say. */
export class Delivery {
  readonly options: Options;
  /** Of the body so far. */
  bytes = 0;
  hasBegun = false;
  /** Of the file that it goes to. */
  fileName: string | undefined;
  readonly #process: Process;
  readonly #url: HttpUrl;
  #fd = 1;

  constructor(process: Process, url: HttpUrl, options: Options) {
    this.#process = process;
    this.#url = url;
    this.options = options;
  }

  *take(piece: Uint8Array, head: HttpResponseHead): Task<void> {
    if (!this.hasBegun) yield* this.begin(head);
    this.bytes += piece.length;
    if (this.#isShown(head) && !this.options.has('I')) yield* this.#process.write(this.#fd, piece);
  }

  /** Throws CurlError where `-f` makes a failure of the status. */
  *end(response: HttpResponseHead): Task<void> {
    if (!this.hasBegun) yield* this.begin(response);
    if (this.#fd !== 1) this.#process.close(this.#fd);
    const fails = this.options.has('f') || this.options.has('fail-with-body');
    if (fails && response.status >= 400 && !isFollowed(this.options, response))
      throw new CurlError(22, `The requested URL returned error: ${response.status}`);
  }

  #isShown(head: HttpResponseHead): boolean {
    return !isFollowed(this.options, head) && !(this.options.has('f') && head.status >= 400);
  }

  *begin(response: HttpResponseHead): Task<void> {
    this.hasBegun = true;
    const { options } = this;
    const isHeadShown = options.has('i') || options.has('I');
    if (!this.#isShown(response)) {
      // Of answers that lead on the heads are shown, too.
      if (isHeadShown && isFollowed(options, response)) yield* this.#process.write(1, encode(headText(response)));
      return;
    }
    const head = encode(headText(response));
    const dump = options.value('D');
    if (dump === '-') yield* this.#process.write(1, head);
    else if (dump !== undefined) this.#process.writeFile(dump, head);
    const base = this.#url.path.split('?')[0]!.split('/').at(-1)!;
    const output = options.value('o') ?? (options.has('O') ? base : undefined);
    if (output !== undefined && output !== '-') this.#open(output);
    if (isHeadShown) yield* this.#process.write(this.#fd, head);
  }

  #open(path: string): void {
    try {
      this.#fd = this.#process.open(path, { write: true, create: true, truncate: true });
      this.fileName = path;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new CurlError(23, 'client returned ERROR on write, 0 bytes were not written');
    }
  }
}

/** Whether a response leads on to another place, and is not shown itself. */
export function isFollowed(options: Options, { status, headers }: HttpResponseHead): boolean {
  return options.has('L') && headers['location'] !== undefined && status >= 300 && status < 400;
}

function headText({ version, status, statusText, headers }: HttpResponseHead): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (name === 'set-cookie' ? value.split('\n') : [value]).map((each) => `${titleCase(name)}: ${each}\r\n`),
  );
  return `HTTP/${version} ${status} ${statusText || (STATUS_TEXT[status] ?? '')}\r\n${lines.join('')}\r\n`;
}

export function titleCase(name: string): string {
  return name === 'etag' ? 'ETag' : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
