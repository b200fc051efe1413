import { expect, test } from 'vitest';
import { testShell } from '../../shell/testing/test-shell.ts';

// Records whose separator comes in pieces: what is read in one go ends wherever the writer paused.

const { sh } = testShell('bash');
const slowly = (...pieces: readonly string[]) => pieces.map((piece) => `printf '${piece}'; sleep 1`).join('; ');

test.each([
  ['an expression that goes on in the next piece', 'x+', ['ax', 'xb', 'xxx', 'xc\\n'], '[a][b][c]'],
  ['one that a later piece decides', 'ab+c', ['1ab', 'bb', 'c2abb', 'd3\\n'], '[1][2abbd3]'],
  ['the start of the text is not that of a piece', '^a', ['1', 'a2', 'a3'], '[1a2a3]'],
  ['edges of words look back', '\\\\<b', ['a', 'b', ' b', 'c\\n'], '[ab ][c]'],
  ['blank lines', '', ['\\n\\na\\n', '\\nb', '\\n\\n', '\\n\\nc\\n'], '[a][b][c]'],
  ['nothing but separators', 'x', ['x', 'x'], '[][]'],
])('%s', (_what, separator, pieces, records) => {
  const program = `awk -v 'RS=${separator}' '{ gsub("\\n", "|"); printf "[%s]", $0 }'`;
  expect(sh(`{ ${slowly(...pieces)}; } | ${program}`).stdout).toBe(records);
});
