/** A directory, and the path that leads there from the root. It ends with a slash. */
interface Walked<Place> {
  readonly path: string;
  readonly place: Place;
  /** What the machine's `NameChanges` were then. */
  readonly changes: number;
}

/** Whoever works on something does so in few directories. */
const KEPT = 16;
const SLASH = 47;

/**
 * The directories to which paths have lately led: node agents do a dozen things in one directory seven names down, and need
 * not walk there each time. Linux' dcache serves the same end. https://docs.kernel.org/filesystems/path-lookup.html
 *
 * They are forgotten when a directory of the machine is moved, and when something is mounted on the way there or unmounted.
 * Of a directory that was removed its links tell: nothing can be below it.
 */
export class WalkedDirectories<Place> {
  /** The latest first. */
  readonly #kept: Walked<Place>[] = [];

  /** The deepest of the directories that lie on the path. */
  on(path: string, changes: number): Walked<Place> | undefined {
    let deepest = -1;
    let longest = 0;
    for (let at = 0; at < this.#kept.length; at++) {
      const walked = this.#kept[at]!;
      const { length } = walked.path;
      // A slash in the right place tells most paths apart, and comparing whole texts is faster than startsWith.
      if (length <= longest || path.charCodeAt(length - 1) !== SLASH || walked.changes !== changes) continue;
      if (path.slice(0, length) !== walked.path) continue;
      deepest = at;
      longest = length;
    }
    return deepest < 0 ? undefined : this.#first(deepest);
  }

  #first(index: number): Walked<Place> {
    const kept = this.#kept;
    const walked = kept[index]!;
    for (let at = index; at > 0; at--) kept[at] = kept[at - 1]!;
    kept[0] = walked;
    return walked;
  }

  remember(walked: Walked<Place>): void {
    const before = this.#kept.findIndex(({ path }) => path === walked.path);
    if (before >= 0) this.#kept.splice(before, 1);
    if (this.#kept.unshift(walked) > KEPT) this.#kept.pop();
  }

  forget(which: (place: Place) => boolean): void {
    for (let at = this.#kept.length - 1; at >= 0; at--) if (which(this.#kept[at]!.place)) this.#kept.splice(at, 1);
  }
}
