/** A directory, and the path that leads there from the root. It ends with a slash. */
interface Walked<Place> {
  readonly path: string;
  readonly place: Place;
  /** What the machine's `NameChanges` were then. */
  readonly changes: number;
}

/** Whoever works on something does so in few directories. */
const KEPT = 4;
const SLASH = 47;

/**
 * The directories to which paths have lately led: node agents do a dozen things in one directory seven names down, and need
 * not walk there each time. Linux' dcache serves the same end. https://docs.kernel.org/filesystems/path-lookup.html
 *
 * They are forgotten when a directory of the machine is moved or removed, and when something is mounted or unmounted.
 */
export class WalkedDirectories<Place> {
  readonly #kept: Walked<Place>[] = [];

  /** The latest of the directories that lie on the path. */
  on(path: string, changes: number): Walked<Place> | undefined {
    for (const walked of this.#kept) {
      const { length } = walked.path;
      // A slash in the right place tells most paths apart, and comparing whole texts is faster than startsWith.
      if (path.charCodeAt(length - 1) !== SLASH || walked.changes !== changes) continue;
      if (path.slice(0, length) === walked.path) return walked;
    }
    return undefined;
  }

  remember(walked: Walked<Place>): void {
    if (this.#kept.unshift(walked) > KEPT) this.#kept.pop();
  }

  forget(): void {
    this.#kept.length = 0;
  }
}
