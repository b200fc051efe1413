import type { AwkProgram, Expression, Statement } from './tree.ts';

/** Builtins that take an array, by the position of the argument. */
const ARRAY_ARGUMENT: Readonly<Record<string, number>> = { split: 1, length: 0 };

/**
 * Which parameters of each function are arrays. awk has no declarations: a parameter is one if it is used as one, or is
 * passed on to where it is one.
 */
export function arrayParameters(program: AwkProgram): ReadonlyMap<string, ReadonlySet<number>> {
  const found = new Map<string, Set<number>>();
  for (const name of program.functions.keys()) found.set(name, new Set());
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, { parameters, body }] of program.functions) {
      const known = found.get(name)!;
      const before = known.size;
      const note = (used: string) => {
        const index = parameters.indexOf(used);
        if (index >= 0) known.add(index);
      };
      visitStatement(body, new Visitor(note, found));
      changed ||= known.size > before;
    }
  }
  return found;
}

class Visitor {
  readonly note: (name: string) => void;
  readonly arrays: ReadonlyMap<string, ReadonlySet<number>>;

  constructor(note: (name: string) => void, arrays: ReadonlyMap<string, ReadonlySet<number>>) {
    this.note = note;
    this.arrays = arrays;
  }

  expression(expression: Expression | undefined): void {
    if (expression === undefined) return;
    if ((expression.kind === 'element' || expression.kind === 'in') && expression.name !== undefined) {
      this.note(expression.name);
    }
    if (expression.kind === 'call' || expression.kind === 'builtin') {
      expression.args.forEach((argument, index) => {
        const isArray =
          expression.kind === 'call'
            ? this.arrays.get(expression.name)?.has(index) === true
            : ARRAY_ARGUMENT[expression.name] === index && expression.name !== 'length';
        if (isArray && argument.kind === 'variable') this.note(argument.name);
      });
    }
    for (const part of Object.values(expression)) {
      if (Array.isArray(part)) for (const item of part) this.expression(item as Expression);
      else if (typeof part === 'object' && part !== null) this.expression(part as Expression);
    }
  }
}

function visitStatement(statement: Statement | undefined, visitor: Visitor): void {
  if (statement === undefined) return;
  switch (statement.kind) {
    case 'block':
      for (const each of statement.body) visitStatement(each, visitor);
      return;
    case 'expression':
      visitor.expression(statement.expression);
      return;
    case 'print':
    case 'printf':
      for (const argument of statement.args) visitor.expression(argument);
      visitor.expression(statement.redirection?.target);
      return;
    case 'if':
      visitor.expression(statement.test);
      visitStatement(statement.yes, visitor);
      visitStatement(statement.no, visitor);
      return;
    case 'while':
    case 'do':
      visitor.expression(statement.test);
      visitStatement(statement.body, visitor);
      return;
    case 'for':
      visitStatement(statement.first, visitor);
      visitor.expression(statement.test);
      visitStatement(statement.next, visitor);
      visitStatement(statement.body, visitor);
      return;
    case 'each':
      visitor.note(statement.name);
      visitStatement(statement.body, visitor);
      return;
    case 'delete':
      visitor.note(statement.name);
      for (const subscript of statement.subscript ?? []) visitor.expression(subscript);
      return;
    case 'exit':
    case 'return':
      visitor.expression(statement.value);
      return;
    default:
  }
}
