/** Each is beaten once in so many turns. */
const TURNS = 20;
const TURN_MS = 1000;

/** Gives each of thousands a sign of life every twenty seconds by one timer, a twentieth of them each second. */
export class Heartbeat<T extends { beat(): void }> {
  readonly #groups = Array.from({ length: TURNS }, () => new Set<T>());
  #joined = 0;
  #turn = 0;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  add(member: T): void {
    this.#groups[this.#joined++ % TURNS]!.add(member);
    this.#count += 1;
    this.#timer ??= setInterval(() => this.#beat(), TURN_MS).unref();
  }

  delete(member: T): void {
    if (!this.#groups.some((group) => group.delete(member))) return;
    this.#count -= 1;
    if (this.#count > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    for (const member of this.#groups[this.#turn++ % TURNS]!) member.beat();
  }
}
