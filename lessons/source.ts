import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';

/** A piece of the engine's source as it runs. */
export interface SourcePart {
  readonly text: string;
  /** Its first line, the first of a file being 1. */
  readonly line: number;
}

/**
 * A function, method, class or constant of a file below `engine/`, with the comment before it.
 *
 * @throws Error when there is no such file or no such part; then the names it has are told.
 */
export function sourceOf(file: string, part: string): SourcePart {
  const path = resolve('engine', file);
  if (!existsSync(path)) throw new Error(`<Source>: there is no engine/${file}`);
  const text = readFileSync(path, 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const names: string[] = [];
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    const name = nameOf(node);
    if (name !== undefined) {
      names.push(name);
      if (name === part) found ??= node;
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  if (found === undefined) throw new Error(`<Source>: engine/${file} has no "${part}"; it has ${names.join(', ')}`);
  const [comment] = ts.getLeadingCommentRanges(text, found.pos)?.slice(-1) ?? [];
  const from = Math.min(found.getStart(), comment?.pos ?? Number.POSITIVE_INFINITY);
  const start = text.lastIndexOf('\n', from) + 1;
  const line = tree.getLineAndCharacterOfPosition(start).line + 1;
  return { text: dedent(text.slice(start, found.end)), line };
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isMethodDeclaration(node)) {
    return node.name?.getText().replace(/^#/, '');
  }
  if (!ts.isVariableStatement(node)) return undefined;
  return node.declarationList.declarations[0]?.name.getText();
}

function dedent(text: string): string {
  const indent = /^\s*/.exec(text)?.[0] ?? '';
  return text.replace(new RegExp(`^${indent}`, 'gm'), '');
}
