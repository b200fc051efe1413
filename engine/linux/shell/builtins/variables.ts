import type { Task } from '../../../sim/index.ts';
import { print } from '../../stdio.ts';
import { ShellExit } from '../control.ts';
import { assign, assignText } from '../execute/assign.ts';
import { expandText } from '../expand/word.ts';
import { complain } from '../messages.ts';
import { doubleQuoted, quoteForShell } from '../quote.ts';
import { isBash, type Shell } from '../shell.ts';
import { functionText } from '../syntax/function-text.ts';
import type { Assignment } from '../syntax/tree.ts';
import { ReadonlyVariable, type Variable } from '../variables.ts';
import { type Argument, type Builtin, parseOptions } from './builtin.ts';

interface Attributes {
  readonly add: ReadonlySet<string>;
  readonly remove: ReadonlySet<string>;
  readonly rest: readonly Argument[];
}

/** `-a -A +x name=value …`: words with `+` take an attribute away. */
function splitAttributes(args: readonly Argument[]): Attributes {
  const add = new Set<string>();
  const remove = new Set<string>();
  let at = 0;
  for (; at < args.length; at++) {
    const argument = args[at]!;
    if (typeof argument !== 'string' || !/^[-+][A-Za-z]+$/.test(argument)) break;
    for (const letter of argument.slice(1)) (argument.startsWith('-') ? add : remove).add(letter);
  }
  if (args[at] === '--') at += 1;
  return { add, remove, rest: args.slice(at) };
}

const NAME = /^[A-Za-z_][A-Za-z_0-9]*$/;

function* declareOne(
  shell: Shell,
  argument: Argument,
  attributes: Attributes,
  local: boolean,
  name: string,
): Task<number> {
  const assignment = typeof argument === 'string' ? splitText(argument) : argument;
  const variableName = assignment.name;
  if (!NAME.test(variableName)) {
    const text = typeof argument === 'string' ? argument : variableName;
    yield* complain(
      shell,
      isBash(shell) ? `\`${text}': not a valid identifier` : `${text.split('=')[0]}: bad variable name`,
      name,
    );
    if (isBash(shell) || shell.interactive) return isBash(shell) ? 1 : 2;
    throw new ShellExit(2);
  }
  const { variables } = shell;
  if (local) variables.makeLocal(variableName, !isBash(shell) && !('value' in assignment));
  if (attributes.add.has('n') && isBash(shell)) return yield* refer(shell, assignment, name);
  if (attributes.add.has('A')) variables.makeAssociative(variableName);
  if (attributes.add.has('a') && variables.get(variableName)?.elements === undefined) {
    const before = variables.value(variableName);
    variables.setArray(variableName, before === undefined ? [] : [before]);
  }
  if (attributes.add.has('i')) variables.writable(variableName).integer = true;
  if ('value' in assignment) {
    if (typeof assignment.value === 'string') assignText(shell, variableName, assignment.value, assignment.append);
    else yield* assign(shell, assignment as Assignment);
  } else if (variables.get(variableName) === undefined && (local || attributes.add.size > 0))
    variables.writable(variableName);
  if (attributes.add.has('x')) variables.setExported(variableName, true);
  if (attributes.remove.has('x')) variables.setExported(variableName, false);
  if (attributes.remove.has('i')) variables.writable(variableName).integer = false;
  if (attributes.add.has('r')) variables.writable(variableName).readonly = true;
  return 0;
}

/** `declare -n name=target` */
function* refer(shell: Shell, assignment: TextAssignment | Assignment, command: string): Task<number> {
  let target = '';
  if ('value' in assignment) {
    const { value } = assignment;
    if (typeof value === 'string') target = value;
    else if (!('elements' in value)) target = yield* expandText(shell, value);
  }
  if (target === assignment.name && shell.functionDepth === 0) {
    yield* complain(shell, `${target}: nameref variable self references not allowed`, command);
    return 1;
  }
  if (target !== '' && !NAME.test(target)) {
    yield* complain(shell, `\`${target}': invalid variable name for name reference`, command);
    return 1;
  }
  if (target === assignment.name) yield* complain(shell, `warning: ${target}: circular name reference`, command);
  shell.variables.refer(assignment.name, target);
  return 0;
}

type TextAssignment = { name: string; append: boolean; value: string } | { name: string };

function splitText(text: string): TextAssignment {
  const match = /^([A-Za-z_][A-Za-z_0-9]*)(\+?)=([\s\S]*)$/.exec(text);
  if (match === null) return { name: text };
  return { name: match[1]!, append: match[2] === '+', value: match[3]! };
}

function declaration(implied: string | undefined, local: boolean): Builtin['run'] {
  return function* (shell, args, name) {
    const { add, remove, rest } = splitAttributes(args);
    const attributes: Attributes = {
      add: new Set(implied === undefined ? add : [...add, implied]),
      remove: add.has('n') && implied === 'x' ? new Set(['x']) : remove,
      rest,
    };
    if (attributes.remove.has('x')) (attributes.add as Set<string>).delete('x');
    if ((add.has('f') || add.has('F')) && isBash(shell)) {
      return yield* declareFunctions(shell, rest, attributes.add, name);
    }
    if (rest.length === 0 || add.has('p')) return yield* listVariables(shell, attributes, name);
    let status = 0;
    for (const argument of rest)
      status = (yield* declareOne(shell, argument, attributes, local && !add.has('g'), name)) || status;
    return status;
  };
}

/** `declare -F` names functions, `declare -f` shows them as they were written; `export -f` passes them on. */
function* declareFunctions(
  shell: Shell,
  names: readonly Argument[],
  letters: ReadonlySet<string>,
  command: string,
): Task<number> {
  const all = names.length === 0;
  const wanted = all ? [...shell.functions.keys()].sort() : names.map(String);
  let status = 0;
  let text = '';
  for (const name of wanted) {
    const definition = shell.functions.get(name);
    if (definition === undefined) {
      status = 1;
      if (letters.has('x')) yield* complain(shell, `${name}: not a function`, command);
    } else if (letters.has('x')) shell.variables.exportFunction(name, definition.source);
    else if (letters.has('F')) text += all ? `declare -f ${name}\n` : `${name}\n`;
    else text += functionText(name, definition.source);
  }
  yield* print(shell.process, text);
  return status;
}

function* listVariables(shell: Shell, attributes: Attributes, command: string): Task<number> {
  const wanted = attributes.rest.map((argument) => (typeof argument === 'string' ? argument : argument.name));
  let status = 0;
  const names = wanted.length > 0 ? wanted : shell.variables.names();
  let text = '';
  for (const name of names) {
    const target = shell.variables.referenceOf(name);
    if (target !== undefined) {
      if (wanted.length > 0 || attributes.add.has('n') || attributes.add.size === 0) {
        text += `declare -n ${name}${target === '' ? '' : `=${doubleQuoted(target)}`}\n`;
      }
      continue;
    }
    const variable = shell.variables.get(name);
    if (variable === undefined) {
      yield* complain(shell, `${name}: not found`, command);
      status = 1;
      continue;
    }
    if (
      wanted.length === 0 &&
      [...attributes.add].some((letter) => letter !== 'p' && !letters(variable).includes(letter))
    )
      continue;
    text += describe(shell, name, variable, command);
  }
  yield* print(shell.process, text);
  return status;
}

function letters(variable: Variable): string {
  let text = '';
  if (variable.elements !== undefined) text += 'a';
  if (variable.entries !== undefined) text += 'A';
  if (variable.integer) text += 'i';
  if (variable.readonly) text += 'r';
  if (variable.exported) text += 'x';
  return text;
}

function describe(shell: Shell, name: string, variable: Variable, command: string): string {
  if (!isBash(shell)) {
    const value = variable.value === undefined ? '' : `=${quoteForShell(variable.value, true)}`;
    return `${command === 'local' ? 'local' : command} ${name}${value}\n`;
  }
  const head = `declare -${letters(variable) || '-'} ${name}`;
  const elements = variable.elements ?? variable.entries;
  if (elements !== undefined) {
    const keys = shell.variables.keys(name);
    const pairs = keys.map((key) => `[${key}]=${doubleQuoted(shell.variables.element(name, key) ?? '')}`).join(' ');
    return `${head}=(${pairs}${variable.entries !== undefined && keys.length > 0 ? ' ' : ''})\n`;
  }
  return variable.value === undefined ? `${head}\n` : `${head}=${doubleQuoted(variable.value)}\n`;
}

export const exportVariables: Builtin = { special: true, run: declaration('x', false) };
export const readonlyVariables: Builtin = { special: true, run: declaration('r', false) };

export const declare: Builtin = {
  *run(shell, args, name) {
    const run = declaration(undefined, shell.functionDepth > 0);
    const result = run(shell, args, name);
    return typeof result === 'number' ? result : yield* result;
  },
};

export const local: Builtin = {
  *run(shell, args, name) {
    if (shell.functionDepth === 0) {
      yield* complain(shell, isBash(shell) ? 'can only be used in a function' : 'not in a function', name);
      return isBash(shell) ? 1 : 2;
    }
    if (args.length === 0) return 0;
    const result = declaration(undefined, true)(shell, args, name);
    return typeof result === 'number' ? result : yield* result;
  },
};

function unsetOne(shell: Shell, operand: string, flags: ReadonlySet<string>): void {
  const { variables, functions } = shell;
  const match = /^([A-Za-z_][A-Za-z_0-9]*)\[(.*)\]$/s.exec(operand);
  if (flags.has('n')) variables.unrefer(operand);
  else if (flags.has('f')) functions.delete(operand);
  else if (match !== null && match[2] !== '@' && match[2] !== '*')
    variables.unset(match[1]!, match[2]!.replace(/^["']|["']$/g, ''));
  else if (match !== null) variables.unset(match[1]!);
  else if (variables.get(operand) === undefined && !flags.has('v') && isBash(shell)) functions.delete(operand);
  else variables.unset(operand);
}

export const unset: Builtin = {
  special: true,
  *run(shell, args) {
    const { flags, operands } = parseOptions(args as readonly string[], 'vfn');
    let status = 0;
    for (const operand of operands) {
      try {
        unsetOne(shell, operand, flags);
      } catch (error) {
        if (!(error instanceof ReadonlyVariable)) throw error;
        yield* complain(shell, `${error.variable}: cannot unset: readonly variable`, 'unset');
        status = 1;
      }
    }
    return status;
  },
};
