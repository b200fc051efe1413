import { unescapeText } from './escapes.ts';

/** What `echo` prints: dash expands escapes always, bash and busybox with `-e`. */
export function echoText(args: readonly string[], always: boolean): string {
  let newline = true;
  let escapes = always;
  let at = 0;
  for (; at < args.length; at++) {
    const argument = args[at]!;
    if (!(always ? /^-n+$/ : /^-[neE]+$/).test(argument)) break;
    for (const letter of argument.slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
    if (always) {
      at += 1;
      break;
    }
  }
  const text = args.slice(at).join(' ');
  if (!escapes) return newline ? `${text}\n` : text;
  const expanded = unescapeText(text, 'zero');
  return newline && !expanded.stop ? `${expanded.text}\n` : expanded.text;
}
