/** A line of a hunk, with its newline if it has one: kept, taken away or added. */
interface HunkLine {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

export interface Hunk {
  /** Where it begins in the old file and in the new one, from 1. */
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly HunkLine[];
}

/** What a patch says of one file. */
export interface FilePatch {
  /** As the headers name it: `a/x`, `/dev/null`. */
  readonly oldName: string;
  readonly newName: string;
  /** The header lines as they are written. */
  readonly headers: readonly [string, string];
  /** Its first line in the input, and what stood before it. */
  readonly line: number;
  readonly leading: readonly string[];
  readonly hunks: readonly Hunk[];
  /** Why the rest cannot be read. */
  readonly fault?: string;
}

/** The text is no patch. */
export class PatchFault extends Error {}

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Reads unified diffs, up to the first that makes no sense, and passes over what stands between them. */
export function parsePatches(text: string): readonly FilePatch[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const patches: FilePatch[] = [];
  let leadingFrom = 0;
  for (let at = 0; at < lines.length; ) {
    const isStart =
      lines[at]!.startsWith('--- ') && lines[at + 1]?.startsWith('+++ ') === true && HEADER.test(lines[at + 2] ?? '');
    if (!isStart) {
      at += 1;
      continue;
    }
    const headers = [lines[at]!, lines[at + 1]!] as const;
    const leading = lines.slice(leadingFrom, at + 2);
    const hunks: Hunk[] = [];
    const line = at + 3;
    const patch = { oldName: nameOf(headers[0]), newName: nameOf(headers[1]), headers, line, leading, hunks };
    patches.push(patch);
    try {
      for (at += 2; at < lines.length && HEADER.test(lines[at]!); ) {
        const read = readHunk(lines, at);
        hunks.push(read.hunk);
        at = read.next;
      }
    } catch (error) {
      if (!(error instanceof PatchFault)) throw error;
      patches[patches.length - 1] = { ...patch, fault: error.message };
      return patches;
    }
    leadingFrom = at;
  }
  return patches;
}

/** The name of a header, without the time behind it. */
function nameOf(header: string): string {
  const text = header.slice(4);
  return text.includes('\t')
    ? text.slice(0, text.indexOf('\t'))
    : text.replace(/\s+\d{4}-\d\d-\d\d \d\d:.*$/, '').trimEnd();
}

function readHunk(lines: readonly string[], from: number): { readonly hunk: Hunk; readonly next: number } {
  const [, oldStart, oldCount = '1', newStart, newCount = '1'] = HEADER.exec(lines[from]!)!;
  let [oldLeft, newLeft] = [Number(oldCount), Number(newCount)];
  const body: HunkLine[] = [];
  let at = from + 1;
  for (; oldLeft > 0 || newLeft > 0; at++) {
    const line = lines[at];
    // Editors like to take the blank of an empty line away.
    const kind = line === '' ? ' ' : line?.[0];
    if (kind === '\\') {
      dropNewline(body);
      continue;
    }
    if (kind !== ' ' && kind !== '-' && kind !== '+')
      throw new PatchFault(`malformed patch at line ${at + 1}: ${line ?? ' '}\n`);
    if (kind !== '+') oldLeft -= 1;
    if (kind !== '-') newLeft -= 1;
    if (oldLeft < 0 || newLeft < 0) throw new PatchFault(`malformed patch at line ${at + 1}: ${line}\n`);
    body.push({ kind, text: `${line!.slice(1)}\n` });
  }
  if (lines[at]?.startsWith('\\')) {
    dropNewline(body);
    at += 1;
  }
  return { hunk: { oldStart: Number(oldStart), newStart: Number(newStart), lines: body }, next: at };
}

function dropNewline(body: HunkLine[]): void {
  const last = body.pop();
  if (last !== undefined) body.push({ kind: last.kind, text: last.text.replace(/\n$/, '') });
}

/** The same the other way round. */
export function reversed(patch: FilePatch): FilePatch {
  const [first, second] = patch.headers;
  return {
    ...patch,
    oldName: patch.newName,
    newName: patch.oldName,
    headers: [`--- ${second.slice(4)}`, `+++ ${first.slice(4)}`],
    hunks: patch.hunks.map(reversedHunk),
  };
}

export function reversedHunk({ oldStart, newStart, lines }: Hunk): Hunk {
  const turned = { ' ': ' ', '-': '+', '+': '-' } as const;
  const all = lines.map(({ kind, text }) => ({ kind: turned[kind], text }));
  // What is taken away stands before what is added.
  const ordered: HunkLine[] = [];
  for (let at = 0; at < all.length; ) {
    let end = at;
    while (end < all.length && (all[end]!.kind === ' ') === (all[at]!.kind === ' ')) end += 1;
    const run = all.slice(at, end);
    ordered.push(...run.filter(({ kind }) => kind !== '+'), ...run.filter(({ kind }) => kind === '+'));
    at = end;
  }
  return { oldStart: newStart, newStart: oldStart, lines: ordered };
}

/** As it is written into a file of rejects. */
export function hunkText({ oldStart, newStart, lines }: Hunk): string {
  const count = (without: string) => lines.filter(({ kind }) => kind !== without).length;
  const range = (start: number, length: number) => (length === 1 ? `${start}` : `${start},${length}`);
  const body = lines
    .map(({ kind, text }) => `${kind}${text.endsWith('\n') ? text : `${text}\n\\ No newline at end of file\n`}`)
    .join('');
  return `@@ -${range(oldStart, count('+'))} +${range(newStart, count('-'))} @@\n${body}`;
}
