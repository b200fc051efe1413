/** What is typed while a shell is on its way, kept until it takes lines. */
export class TypedAhead {
  readonly #send: (text: string) => void;
  /** Undefined while nothing is waited for. */
  #waiting: string | undefined = '';

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  /** To the shell, or kept for the one that comes. */
  type(text: string): void {
    if (this.#waiting === undefined) this.#send(text);
    else this.#waiting += text;
  }

  /** A shell is on its way. */
  wait(): void {
    this.#waiting ??= '';
  }

  /** The shell takes lines. */
  arrived(): void {
    const text = this.#waiting ?? '';
    this.#waiting = undefined;
    if (text !== '') this.#send(text);
  }

  /** None comes unless somebody asks for it: by then, what was typed is no longer meant. */
  forget(): void {
    this.#waiting = undefined;
  }
}
