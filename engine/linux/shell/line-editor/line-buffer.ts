/** A longer line is not taken: more is a mistake or an attack. */
const MAX_LINE_LENGTH = 64 * 1024;

/** The text of a line and the cursor in it. Both halves are kept as strings, so typing is cheap in long lines too. */
export class LineBuffer {
  before = '';
  after = '';
  #killed = '';

  get text(): string {
    return this.before + this.after;
  }

  set text(text: string) {
    this.before = text;
    this.after = '';
  }

  /** Returns whether all of it fitted. */
  insert(text: string): boolean {
    const room = MAX_LINE_LENGTH - this.before.length - this.after.length;
    this.before += text.length <= room ? text : text.slice(0, room);
    return text.length <= room;
  }

  left(): void {
    const character = lastCharacter(this.before);
    this.before = this.before.slice(0, this.before.length - character.length);
    this.after = character + this.after;
  }

  right(): void {
    const character = firstCharacter(this.after);
    this.after = this.after.slice(character.length);
    this.before += character;
  }

  home(): void {
    this.after = this.before + this.after;
    this.before = '';
  }

  end(): void {
    this.before += this.after;
    this.after = '';
  }

  backspace(): void {
    this.before = this.before.slice(0, this.before.length - lastCharacter(this.before).length);
  }

  delete(): void {
    this.after = this.after.slice(firstCharacter(this.after).length);
  }

  wordLeft(): void {
    const from = /[A-Za-z0-9_\u0080-\uffff]*[^A-Za-z0-9_\u0080-\uffff]*$/.exec(this.before)!.index;
    this.after = this.before.slice(from) + this.after;
    this.before = this.before.slice(0, from);
  }

  wordRight(): void {
    const word = /^[^A-Za-z0-9_\u0080-\uffff]*[A-Za-z0-9_\u0080-\uffff]*/.exec(this.after)![0];
    this.before += word;
    this.after = this.after.slice(word.length);
  }

  killToEnd(): void {
    this.#killed = this.after;
    this.after = '';
  }

  killToStart(): void {
    this.#killed = this.before;
    this.before = '';
  }

  /** Ctrl-W: back to white space. */
  killWord(): void {
    const from = this.before.trimEnd().search(/\S+$/);
    this.#killed = this.before.slice(Math.max(0, from));
    this.before = this.before.slice(0, Math.max(0, from));
  }

  killWordRight(): void {
    const { before } = this;
    this.wordRight();
    this.#killed = this.before.slice(before.length);
    this.before = before;
  }

  yank(): void {
    this.insert(this.#killed);
  }

  transpose(): void {
    if (this.after !== '') this.right();
    if (this.before.length < 2) return;
    const [a, b] = [this.before.at(-2)!, this.before.at(-1)!];
    this.before = this.before.slice(0, -2) + b + a;
  }
}

function lastCharacter(text: string): string {
  return /[\ud800-\udbff][\udc00-\udfff]$/.test(text) ? text.slice(-2) : text.slice(-1);
}

function firstCharacter(text: string): string {
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text) ? text.slice(0, 2) : text.slice(0, 1);
}
