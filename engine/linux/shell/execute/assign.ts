import type { Task } from '../../../sim/index.ts';
import { calculateText } from '../expand/arithmetic.ts';
import { expandText, expandWords } from '../expand/word.ts';
import type { Shell } from '../shell.ts';
import type { ArrayLiteral, Assignment } from '../syntax/tree.ts';

/** `name=value`, `name+=value`, `name[key]=value`, `name=(…)`. */
export function* assign(shell: Shell, assignment: Assignment): Task<void> {
  const { name, append, value } = assignment;
  if ('elements' in value) {
    yield* assignArray(shell, name, value, append);
    return;
  }
  const text = yield* expandText(shell, value);
  if (assignment.index === undefined) assignText(shell, name, text, append);
  else {
    const key = yield* elementKey(shell, name, yield* expandText(shell, assignment.index));
    const before = append ? (shell.variables.element(name, key) ?? '') : '';
    shell.variables.setElement(name, key, before + text);
  }
}

/** An assignment of text, minding `declare -i`. */
export function assignText(shell: Shell, name: string, text: string, append: boolean): void {
  const { variables } = shell;
  if (variables.get(name)?.integer) {
    const before = append ? `${variables.value(name) ?? '0'}+` : '';
    variables.set(name, calculateText(shell, `${before}(${text === '' ? '0' : text})`).toString());
  } else variables.set(name, append ? (variables.value(name) ?? '') + text : text);
}

function* elementKey(shell: Shell, name: string, text: string): Task<string> {
  if (shell.variables.get(name)?.entries !== undefined) return text;
  return calculateText(shell, text).toString();
}

function* assignArray(shell: Shell, name: string, literal: ArrayLiteral, append: boolean): Task<void> {
  const { variables } = shell;
  const associative = variables.get(name)?.entries !== undefined;
  const pairs: { key: string | undefined; append: boolean; value: string }[] = [];
  for (const element of literal.elements) {
    if (element.key === undefined) {
      for (const value of yield* expandWords(shell, [element.value]))
        pairs.push({ key: undefined, append: false, value });
    } else {
      const key = yield* elementKey(shell, name, yield* expandText(shell, element.key));
      pairs.push({ key, append: element.append, value: yield* expandText(shell, element.value) });
    }
  }
  const keys = append && !associative ? variables.keys(name).map(Number) : [];
  let next = keys.length === 0 ? 0 : Math.max(...keys) + 1;
  if (!append) {
    if (associative) variables.clearEntries(name);
    else variables.setArray(name, []);
  }
  // `a=(k v k v)` fills an associative array by pairs.
  if (associative && pairs.every((pair) => pair.key === undefined)) {
    for (let at = 0; at < pairs.length; at += 2)
      variables.setElement(name, pairs[at]!.value, pairs[at + 1]?.value ?? '');
    return;
  }
  for (const pair of pairs) {
    const key = pair.key ?? String(next);
    const before = pair.append ? (variables.element(name, key) ?? '') : '';
    variables.setElement(name, key, before + pair.value);
    if (!associative) next = Number(key) + 1;
  }
}
