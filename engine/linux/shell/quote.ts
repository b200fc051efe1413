/** A word that a shell reads back as `text`. With `always` also harmless words get quotes. */
export function quoteForShell(text: string, always = false): string {
  if (!always && /^[A-Za-z0-9_@%+=:,./^~-]+$/.test(text) && !text.startsWith('~')) return text;
  if (/[\x00-\x1f\x7f]/.test(text)) return `$'${text.replace(/[\\'\x00-\x1f\x7f]/g, escapeControl)}'`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\x07': '\\a',
  '\b': '\\b',
  '\v': '\\v',
  '\f': '\\f',
  '\x1b': '\\E',
  "'": "\\'",
  '\\': '\\\\',
};

function escapeControl(character: string): string {
  return ESCAPES[character] ?? `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

/** As `declare -p` shows a value: in double quotes. */
export function doubleQuoted(text: string): string {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return quoteForShell(text);
  return `"${text.replace(/[\\"$`]/g, '\\$&')}"`;
}
