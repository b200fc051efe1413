import { expect, test } from 'vitest';
import { MAX_SCRIPT_LENGTH, parseScript } from './parse.ts';

test.for([
  'if true',
  'if true; then echo',
  'for i in 1 2',
  'while :; do',
  'case x in',
  'f() {',
  'echo "open',
  "echo 'open",
  'echo $(ls',
  'a &&',
  'a |',
  'echo a \\',
  'cat <<END\ntext',
  '( a',
  'x=(1',
])('%j wants more', (text) => {
  expect(parseScript(`${text}\n`, { braces: true }).incomplete).toBe(true);
});

test.for([
  ['fi', 'fi'],
  ['if true; then fi', 'fi'],
  ['if\n)', ')'],
  ['a ;; b', ';;'],
  ['| a', '|'],
  ['echo $(if; fi)', undefined],
] as const)('%j is wrong, at %s', ([text, token]) => {
  const parsed = parseScript(`${text}\n`, { braces: true });
  expect(parsed.incomplete).toBe(false);
  expect(parsed.fault).toBeDefined();
  if (token !== undefined) expect(parsed.fault?.token).toBe(token);
});

test('the lines before a syntax error can run', () => {
  const parsed = parseScript('echo one\necho two; echo three\necho four; if fi\necho five\n', { braces: true });
  expect(parsed.script.statements.map((statement) => statement.source)).toEqual(['echo one', 'echo two', 'echo three']);
  expect(parsed.fault?.line).toBe(3);
});

test('a script beyond the limit is refused', () => {
  const parsed = parseScript('x'.repeat(MAX_SCRIPT_LENGTH + 1), { braces: true });
  expect(parsed.fault?.message).toContain('script too large');
});

test('deep nesting is an error, not an overflow', () => {
  expect(parseScript(`${'('.repeat(5000)}a${')'.repeat(5000)}`, { braces: true }).fault).toBeDefined();
});
