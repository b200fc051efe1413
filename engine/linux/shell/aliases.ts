import { forEachChild, parse, type SyntaxNode } from 'unbash';
import type { Shell } from './shell.ts';

/** An alias may lead to another, but not for ever. */
const MAX_ROUNDS = 10;

/** Replaces aliases at the beginning of commands. They are text: the result is parsed again. */
export function applyAliases(shell: Shell, source: string): string {
  if (shell.aliases.size === 0) return source;
  let text = source;
  const used = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const places: { pos: number; end: number; name: string }[] = [];
    collect(parse(text), shell, used, places);
    if (places.length === 0) return text;
    for (const { pos, end, name } of places.reverse())
      text = text.slice(0, pos) + chained(shell, name, new Set()) + text.slice(end);
    for (const { name } of places) used.add(name);
  }
  return text;
}

/** What an alias leads to: the first word of its value may be one again, but not the same. */
function chained(shell: Shell, name: string, used: ReadonlySet<string>): string {
  const value = shell.aliases.get(name)!;
  const [, blank = '', first = ''] = /^(\s*)([^\s;|&<>()$`"'\\]*)/.exec(value) ?? [];
  if (first === name || used.has(first) || !shell.aliases.has(first)) return value;
  return blank + chained(shell, first, new Set([...used, name])) + value.slice(blank.length + first.length);
}

function collect(
  node: SyntaxNode,
  shell: Shell,
  used: ReadonlySet<string>,
  places: { pos: number; end: number; name: string }[],
): void {
  if (node.type === 'Command' && node.name !== undefined) {
    const name = node.name.text;
    if (shell.aliases.has(name) && !used.has(name)) {
      places.push({ pos: node.name.pos, end: node.name.end, name });
      const next = node.suffix[0];
      // An alias that ends in a blank lets the word behind it be one.
      if (/\s$/.test(shell.aliases.get(name)!) && next?.type === 'Word' && shell.aliases.has(next.text))
        places.push({ pos: next.pos, end: next.end, name: next.text });
    }
  }
  if (node.type === 'Word' || node.type === 'Assignment') return;
  forEachChild(node, (child) => collect(child, shell, used, places));
}
