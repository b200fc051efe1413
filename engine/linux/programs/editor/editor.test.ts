import { expect, test } from 'vitest';
import { testTerminal } from '../../shell/testing/test-terminal.ts';

const ESCAPE = '\x1b';

/** Opens an editor on a file with this text, types, and gives back the file (with `keys` that leave the editor). */
function edited(editor: string, text: string, ...keys: readonly string[]): string {
  const terminal = testTerminal('bash', { files: { '/root/file': { text } } });
  terminal.type(`${editor} file\r`);
  for (const key of keys) terminal.type(key);
  terminal.shown();
  terminal.type('clear; cat file\r');
  const shown = terminal.shown();
  return shown.slice(shown.indexOf('cat file\n') + 9).replace(/root@box:~# $/, '');
}

test.for([
  ['insert and append', ['ione ', ESCAPE, 'A two', ESCAPE], 'one first two\nsecond\nthird\n'],
  ['open lines', ['onew', ESCAPE, 'ggOtop', ESCAPE], 'top\nfirst\nnew\nsecond\nthird\n'],
  ['delete, put back', ['dd', 'p'], 'second\nfirst\nthird\n'],
  ['yank with a count', ['2yy', 'G', 'p'], 'first\nsecond\nthird\nfirst\nsecond\n'],
  ['words and characters', ['dw', 'jx', 'j$x', '0rT'], '\necond\nThir\n'],
  ['change a word', ['jcwchanged', ESCAPE], 'first\nchanged\nthird\n'],
  ['undo', ['dd', 'dd', 'u'], 'second\nthird\n'],
  ['search', ['/third\r', 'dd', 'J'], 'first\nsecond\n'],
  ['join', ['J'], 'first second\nthird\n'],
  ['substitute', [':%s/\\(s\\)/[\\1]/g\r'], 'fir[s]t\n[s]econd\nthird\n'],
  ['the same again', ['x', 'j.', 'cwnew', ESCAPE, 'j0.'], 'irst\nnew\nnew\n'],
  ['a selection of lines', ['Vj', 'd'], 'third\n'],
  ['a selection of lines, indented', ['Vj', '>'], '  first\n  second\nthird\n'],
  ['a selection of characters', ['lvl', 'y', 'P'], 'firirst\nsecond\nthird\n'],
  ['selected lines substituted', ['jVj:', 's/./X/\r'], 'first\nXecond\nXhird\n'],
  ['delete to the end', ['jdG'], 'first\n'],
  ['delete downwards', ['dj', 'u', 'Gdk'], 'first\n'],
  ['find in a line', ['fsx', 'j0dtn', 'j0fhx'], 'firt\nnd\ntird\n'],
  ['find again, and backwards', ['Go', 'a,b,c,d', ESCAPE, '0f,;x', 'dF,'], 'first\nsecond\nthird\nac,d\n'],
  ['do again what was undone', ['dd', 'dd', 'uu', '\x12'], 'second\nthird\n'],
  ['shift a range', [':2,3>\r', ':3<\r'], 'first\n  second\nthird\n'],
  ['copy and move lines', [':1t.\r', ':$m0\r'], 'third\nfirst\nfirst\nsecond\n'],
  ['remove what matches, and what does not', [':g/sec/d\r', ':v/th/d\r'], 'third\n'],
  ['join a range, from here on', [':.,+1j\r'], 'first second\nthird\n'],
  ['to the first character of a line', ['GA\r  last', ESCAPE, 'gg', 'GiX', ESCAPE], 'first\nsecond\nthird\n  Xlast\n'],
  [
    'a block: insert, append, cut',
    ['\x16jjI# ', ESCAPE, '\x16jA-', ESCAPE, '3G\x16ld'],
    '#- first\n#- second\nthird\n',
  ],
  [
    'words, quotes and brackets',
    ['A "a b" (c)', ESCAPE, '0ciwX', ESCAPE, 'ci"Y', ESCAPE, '$di('],
    'X "Y" ()\nsecond\nthird\n',
  ],
  ['a whole line', ['jSnew', ESCAPE], 'first\nnew\nthird\n'],
  ['the next of the same word', ['jA first', ESCAPE, 'gg*x'], 'first\nsecond irst\nthird\n'],
  [
    'settings',
    [':set et sw=4 ts=4 ai\r', '>>A\r\tin', ESCAPE, 'obelow', ESCAPE],
    '    first\n        in\n        below\nsecond\nthird\n',
  ],
  ['line numbers', [':2\r', 'D', ':1,2d\r'], 'third\n'],
] as const)('vi: %s', ([, keys, text]) => {
  expect(edited('vi', 'first\nsecond\nthird\n', ...keys, ':wq\r')).toBe(text);
});

test('vi finds the partner of a bracket, over lines', () => {
  expect(edited('vi', 'f(a, {\n  b: [1]\n}) x\n', 'f{d%', ':wq\r')).toBe('f(a, ) x\n');
  expect(edited('vi', 'x (a (b) c) y\n', '%x', ':wq\r')).toBe('x (a (b) c y\n');
});

test('vi numbers lines when it is told to', () => {
  const terminal = testTerminal('bash', { files: { '/root/file': { text: 'one\ntwo\n' } } });
  terminal.type('vi file\r');
  terminal.type(':set number\r');
  expect(terminal.shown()).toContain('  1 one\n  2 two');
});

test('vi reads ~/.vimrc', () => {
  const files = { '/root/.vimrc': { text: 'set expandtab ts=2 " blanks\nsyntax on\n' }, '/root/file': { text: '' } };
  const terminal = testTerminal('bash', { files });
  for (const key of ['vi file\r', 'i\ta', ESCAPE, ':wq\r']) terminal.type(key);
  terminal.shown();
  terminal.type('cat -A file\r');
  expect(terminal.shown()).toContain('\n  a$\n');
});

test('vi does not lose changes by accident', () => {
  const terminal = testTerminal('bash', { files: { '/root/file': { text: 'text\n' } } });
  terminal.type('vi file\r');
  terminal.type('dd:q\r');
  expect(terminal.shown()).toContain('No write since last change (:q! overrides)');
  terminal.type(':q!\r');
  terminal.type('cat file\r');
  expect(terminal.shown()).toContain('\ntext\n');
});

test('nano: type, cut, paste, search, save, leave', () => {
  expect(edited('nano', 'one\ntwo\n', 'zero\r', '\x0f', '\r', '\x18')).toBe('zero\none\ntwo\n');
  expect(edited('nano', 'one\ntwo\nthree\n', '\x0b', '\x1b[B', '\x15', '\x18', 'y', '\r')).toBe('two\none\nthree\n');
  expect(edited('nano', 'one\ntwo\n', '\x17two\r', 'X', '\x13', '\x18')).toBe('one\nXtwo\n');
  expect(edited('nano', 'one\n', 'unwanted', '\x18', 'n')).toBe('one\n');
});

test('nano shows how to leave', () => {
  const terminal = testTerminal('bash');
  terminal.type('nano new\r');
  const shown = terminal.shown();
  expect(shown).toContain('^X Exit');
  expect(shown).toContain('[ New File ]');
});

test('what is in a file does not drive the terminal', () => {
  const terminal = testTerminal('bash', { files: { '/root/file': { text: 'a\x1b]0;title\x07b\n' } } });
  terminal.raw();
  terminal.type('nano file\r');
  expect(terminal.raw()).toContain('a^[]0;title^Gb');
});

test('a file too large or a directory is refused', () => {
  const terminal = testTerminal('bash', { files: { '/root/big': { text: 'x'.repeat(5_000_000) } } });
  terminal.type('nano big; nano /tmp\r');
  const shown = terminal.shown();
  expect(shown).toContain('nano: big: file too large');
  expect(shown).toContain('nano: /tmp: Is a directory');
});

test('less pages and leaves', () => {
  const terminal = testTerminal('bash');
  terminal.type('seq 100 | less\r');
  expect(terminal.shown()).toMatch(/22\n23\n:$/);
  terminal.type('G');
  expect(terminal.shown()).toContain('100\n(END)');
  terminal.type('q');
  terminal.type('echo back\r');
  expect(terminal.shown()).toContain('\nback\n');
});
