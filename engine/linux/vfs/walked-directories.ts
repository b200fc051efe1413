/** A directory, and the path that leads there from the root. It ends with a slash. */
interface Walked<Place> {
  readonly path: string;
  readonly place: Place;
  /** What the machine's `NameChanges` were then. */
  readonly changes: number;
}

/** Whoever works on something does so in few directories. */
const KEPT = 4;

/**
 * The directories to which paths have lately led: node agents do a dozen things in one directory seven names down, and need
 * not walk there each time. Linux' dcache serves the same end. https://docs.kernel.org/filesystems/path-lookup.html
 *
 * They are forgotten when a directory of the machine is moved or removed, and when something is mounted or unmounted.
 */
export class WalkedDirectories<Place> {
  readonly #kept: Walked<Place>[] = [];
  #next = 0;

  /** The deepest of the directories that lies on the path. */
  on(path: string, changes: number): Walked<Place> | undefined {
    let deepest: Walked<Place> | undefined;
    for (const walked of this.#kept) {
      if (walked.changes !== changes || !path.startsWith(walked.path)) continue;
      if (deepest === undefined || walked.path.length > deepest.path.length) deepest = walked;
    }
    return deepest;
  }

  remember(walked: Walked<Place>): void {
    this.#kept[this.#next] = walked;
    this.#next = (this.#next + 1) % KEPT;
  }

  forget(): void {
    this.#kept.length = 0;
    this.#next = 0;
  }
}
