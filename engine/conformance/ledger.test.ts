import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { readLedger } from './ledger.ts';

/** The titles of all `test(…)` of a file. */
function titlesIn(path: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'test') {
      const [title] = node.arguments;
      titles.push(
        title !== undefined && ts.isStringLiteralLike(title) ? title.text : `${path}: a title that is no text`,
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));
  return titles;
}

test('every test of a SIG bears the name of an upstream conformance test, once', () => {
  const here = import.meta.dirname;
  const sigs = readdirSync(here).filter((name) => name.startsWith('sig-'));
  const written = sigs.flatMap((sig) =>
    readdirSync(join(here, sig))
      .filter((name) => name.endsWith('.test.ts'))
      .flatMap((name) => titlesIn(join(here, sig, name)).map((title) => `${sig}: ${title}`)),
  );
  const known = new Set(readLedger().map(({ sig, title }) => `${sig}: ${title}`));
  expect(written.filter((name) => !known.has(name))).toEqual([]);
  expect(written.filter((name, index) => written.indexOf(name) < index)).toEqual([]);
});
