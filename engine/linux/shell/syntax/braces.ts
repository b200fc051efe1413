import type { Segment } from './tree.ts';

/** More words than this from one word are not expanded: the word stays as it is. */
const MAX_WORDS = 10_000;

/** One place of a word: a character that may be a brace or comma, or anything else. */
type Item = { readonly special: '{' | '}' | ','; readonly text: string } | { readonly segment: Segment };

/** Expands `{a,b}` and `{1..9}` in the unquoted text of a word, as bash does before all other expansions. */
export function expandBraces(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const items = itemsOf(segments);
  const words = expand(items, 0);
  if (words.length > MAX_WORDS) return [segments];
  return words.map(segmentsOf);
}

function itemsOf(segments: readonly Segment[]): Item[] {
  const items: Item[] = [];
  for (const segment of segments) {
    if (segment.kind !== 'text' || segment.quoted) {
      items.push({ segment });
      continue;
    }
    for (const piece of segment.text.split(/([{},])/)) {
      if (piece === '{' || piece === '}' || piece === ',') items.push({ special: piece, text: piece });
      else if (piece !== '') items.push({ segment: { kind: 'text', text: piece, quoted: false } });
    }
  }
  return items;
}

function segmentsOf(items: readonly Item[]): readonly Segment[] {
  const segments: Segment[] = [];
  for (const item of items) {
    const segment: Segment = 'segment' in item ? item.segment : { kind: 'text', text: item.text, quoted: false };
    const last = segments.at(-1);
    if (segment.kind === 'text' && !segment.quoted && last?.kind === 'text' && !last.quoted) {
      segments[segments.length - 1] = { kind: 'text', text: last.text + segment.text, quoted: false };
    } else segments.push(segment);
  }
  return segments;
}

function expand(items: readonly Item[], depth: number): Item[][] {
  if (depth > 50) return [[...items]];
  for (let open = 0; open < items.length; open++) {
    const item = items[open]!;
    if (!('special' in item) || item.special !== '{') continue;
    const found = alternatives(items, open);
    if (found === undefined) continue;
    const head = items.slice(0, open);
    const tails = expand(items.slice(found.end + 1), depth + 1);
    const words: Item[][] = [];
    for (const choice of found.choices) {
      for (const middle of expand(choice, depth + 1)) {
        for (const tail of tails) {
          words.push([...head, ...middle, ...tail]);
          if (words.length > MAX_WORDS) return words;
        }
      }
    }
    return words;
  }
  return [[...items]];
}

/** The choices of the braces that open at `open`; undefined when they are not a brace expansion. */
function alternatives(items: readonly Item[], open: number): { end: number; choices: Item[][] } | undefined {
  let depth = 0;
  const commas: number[] = [];
  for (let i = open; i < items.length; i++) {
    const item = items[i]!;
    if (!('special' in item)) continue;
    if (item.special === '{') depth += 1;
    if (item.special === ',' && depth === 1) commas.push(i);
    if (item.special !== '}') continue;
    depth -= 1;
    if (depth > 0) continue;
    if (commas.length === 0) {
      const sequence = sequenceOf(items.slice(open + 1, i));
      return sequence === undefined ? undefined : { end: i, choices: sequence };
    }
    const bounds = [open, ...commas, i];
    return { end: i, choices: bounds.slice(1).map((bound, index) => items.slice(bounds[index]! + 1, bound)) };
  }
  return undefined;
}

function sequenceOf(items: readonly Item[]): Item[][] | undefined {
  const only = items.length === 1 ? items[0]! : undefined;
  if (only === undefined || !('segment' in only) || only.segment.kind !== 'text' || only.segment.quoted)
    return undefined;
  const match = /^(-?\d{1,15}|[A-Za-z])\.\.(-?\d{1,15}|[A-Za-z])(?:\.\.(-?\d{1,9}))?$/.exec(only.segment.text);
  if (match === null) return undefined;
  const [, from, to, by] = match as unknown as [string, string, string, string | undefined];
  const numeric = /\d/.test(from);
  if (numeric !== /\d/.test(to)) return undefined;
  const first = numeric ? Number(from) : from.charCodeAt(0);
  const last = numeric ? Number(to) : to.charCodeAt(0);
  const step = Math.abs(Number(by ?? 1)) || 1;
  const count = Math.floor(Math.abs(last - first) / step) + 1;
  if (count > MAX_WORDS) return undefined;
  const width = numeric && (/^-?0\d/.test(from) || /^-?0\d/.test(to)) ? Math.max(from.length, to.length) : 0;
  return Array.from({ length: count }, (_, index) => {
    const value = first + (last >= first ? step : -step) * index;
    const text = numeric ? padded(value, width) : String.fromCharCode(value);
    return [{ segment: { kind: 'text', text, quoted: false } } satisfies Item];
  });
}

function padded(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0');
}
