/** Lines of context around a change, as `diff -u` shows them. */
const CONTEXT = 3;
/** Beyond this many differing lines the texts are shown as wholly different; finding less would take too long. */
const MAX_EDITS = 2000;

type Edit = { readonly kind: ' ' | '-' | '+'; readonly line: string };

/** The hunks that turn one text into another, in the format of `diff -u` without its two header lines. */
export function unifiedDiff(before: string, after: string): string {
  const edits = editsBetween(linesOf(before), linesOf(after));
  let text = '';
  for (const [from, to] of hunksOf(edits)) text += hunkText(edits, from, to);
  return text;
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** The shortest list of deletions and insertions: E. Myers, "An O(ND) Difference Algorithm", 1986. */
function editsBetween(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const furthest = new Map<number, number>([[1, 0]]);
  const history: Map<number, number>[] = [];
  for (let edits = 0; edits <= MAX_EDITS; edits++) {
    history.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down =
        diagonal === -edits ||
        (diagonal !== edits && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1));
      let x = down ? (furthest.get(diagonal + 1) ?? 0) : (furthest.get(diagonal - 1) ?? 0) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1;
      furthest.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return trace(before, after, history);
    }
  }
  return [
    ...before.map((line) => ({ kind: '-', line }) as const),
    ...after.map((line) => ({ kind: '+', line }) as const),
  ];
}

/** Walks back along the furthest points that were reached with ever fewer edits. */
function trace(
  before: readonly string[],
  after: readonly string[],
  history: readonly ReadonlyMap<number, number>[],
): readonly Edit[] {
  const found: Edit[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = history.length - 1; edits >= 0; edits--) {
    const furthest = history[edits]!;
    const diagonal = x - y;
    const down =
      diagonal === -edits ||
      (diagonal !== edits && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1));
    const previousDiagonal = down ? diagonal + 1 : diagonal - 1;
    const previousX = edits === 0 ? 0 : (furthest.get(previousDiagonal) ?? 0);
    const previousY = edits === 0 ? 0 : previousX - previousDiagonal;
    while (x > previousX && y > previousY) {
      found.push({ kind: ' ', line: before[x - 1]! });
      x -= 1;
      y -= 1;
    }
    if (edits === 0) break;
    found.push(down ? { kind: '+', line: after[previousY]! } : { kind: '-', line: before[previousX]! });
    [x, y] = [previousX, previousY];
  }
  return found.reverse();
}

/** Ranges of edits that belong together: changes with no more than twice the context between them. */
function hunksOf(edits: readonly Edit[]): readonly (readonly [number, number])[] {
  const hunks: [number, number][] = [];
  for (const [index, { kind }] of edits.entries()) {
    if (kind === ' ') continue;
    const last = hunks.at(-1);
    const to = Math.min(edits.length, index + CONTEXT + 1);
    if (last !== undefined && index - CONTEXT <= last[1]) last[1] = to;
    else hunks.push([Math.max(0, index - CONTEXT), to]);
  }
  return hunks;
}

function hunkText(edits: readonly Edit[], from: number, to: number): string {
  const count = (upTo: readonly Edit[], without: '-' | '+') => upTo.filter(({ kind }) => kind !== without).length;
  const earlier = edits.slice(0, from);
  const hunk = edits.slice(from, to);
  const range = (sign: '-' | '+') => {
    const without = sign === '-' ? '+' : '-';
    const length = count(hunk, without);
    // An empty side is named by the line before it.
    const start = count(earlier, without) + (length === 0 ? 0 : 1);
    return `${sign}${start}${length === 1 ? '' : `,${length}`}`;
  };
  return `@@ ${range('-')} ${range('+')} @@\n${reordered(hunk)
    .map(({ kind, line }) => `${kind}${line}\n`)
    .join('')}`;
}

/** Deletions before insertions within each run of changes. */
function reordered(hunk: readonly Edit[]): readonly Edit[] {
  const result: Edit[] = [];
  let inserted: Edit[] = [];
  for (const edit of hunk) {
    if (edit.kind === '+') inserted.push(edit);
    else {
      if (edit.kind === ' ') {
        result.push(...inserted);
        inserted = [];
      }
      result.push(edit);
    }
  }
  return [...result, ...inserted];
}
