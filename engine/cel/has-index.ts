import type { ASTNode } from '@marcbachmann/cel-js';

interface Node {
  op: string;
  args: unknown;
  readonly meta?: { readonly macro?: { readonly args?: readonly unknown[] }; check: unknown; evaluate: unknown };
  clone(op: object, args: unknown): Node;
}

/**
 * Lets `has(a["b"].c)` be asked: the library follows names only, and to it `a["b"]` is an index. In a map both are the same.
 * Called on a syntax tree before its types are checked.
 */
export function allowIndexInHas(ast: ASTNode): void {
  visit(ast, new Set());
}

function visit(value: unknown, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value)) {
    for (const each of value) visit(each, seen);
    return;
  }
  if (!isNode(value)) return;
  if (value.op === 'call' && Array.isArray(value.args) && value.args[0] === 'has') {
    const [asked] = value.meta?.macro?.args ?? [];
    if (isNode(asked) && asked.op === '.') nameKeys(asked);
  }
  visit(value.args, seen);
}

/** Turns `x["b"].c` into `x.b.c`, all the way down. */
function nameKeys(field: Node): void {
  const args = field.args as unknown[];
  const inner = args[0];
  if (!isNode(inner)) return;
  if (inner.op === '.') {
    nameKeys(inner);
    return;
  }
  if (inner.op !== '[]') return;
  const [map, key] = inner.args as readonly [unknown, unknown];
  if (!isNode(key) || key.op !== 'value' || typeof key.args !== 'string') return;
  const { check, evaluate } = field.meta!;
  const named = inner.clone({ name: '.', check, evaluate }, [map, key.args]);
  args[0] = named;
  nameKeys(named);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'clone' in value;
}
