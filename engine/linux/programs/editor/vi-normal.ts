import type { Cursor, Document } from './document.ts';
import { move } from './nano.ts';
import { endBlock } from './vi-block.ts';
import { type CharacterFind, findColumn, isForward, partnerOf, reversed } from './vi-find.ts';
import { indentOf, shiftLines, toLine } from './vi-lines.ts';
import { motion, targetOf } from './vi-motions.ts';
import { objectAt } from './vi-objects.ts';
import type { Clip, NormalState } from './vi-state.ts';

/** A key in normal mode. Returns a message, `quit` for ZZ, or nothing. */
export function normalKey(
  document: Document,
  state: NormalState,
  key: string,
  page: number,
): string | 'quit' | undefined {
  const result = handleKey(document, state, key, page);
  // Outside insert mode the cursor is on a character, never behind the last.
  const { row, column } = document.cursor;
  if (!state.insert && column >= document.line.length) document.moveTo(row, document.line.length - 1);
  return result;
}

function handleKey(document: Document, state: NormalState, key: string, page: number): string | 'quit' | undefined {
  if (state.visual !== undefined && state.pending === '' && ENDS_SELECTION.test(key))
    return endSelection(document, state, key);
  const typed = key.length === 1 ? state.pending + key : '';
  if (key.length > 1) {
    state.pending = '';
    if (key === 'enter') toLine(document, document.cursor.row + 1);
    else if (key === 'ctrl-r') return document.redo() ? 'Redo' : 'Already at newest change';
    else if (key === 'ctrl-v') state.visual = { ...document.cursor, kind: 'block' };
    else if (key === 'backspace') document.step(-1, false);
    else if (key === 'delete') change(document, state, 'x', 1);
    else if (key === 'ctrl-f' || key === 'ctrl-d') document.moveTo(document.cursor.row + page, document.cursor.column);
    else if (key === 'ctrl-b' || key === 'ctrl-u') document.moveTo(document.cursor.row - page, document.cursor.column);
    else move(document, key, page);
    return undefined;
  }
  const find = /^(\d*)([dcy]?)(\d*)(?:([fFtT])(.)|([;,]))$/s.exec(typed);
  if (find !== null) {
    state.pending = '';
    const [, first, operator, second, letter, character, again] = find;
    if (letter !== undefined) state.find = { key: letter, character: character! };
    if (state.find === undefined) return undefined;
    const wanted = again === ',' ? reversed(state.find) : state.find;
    findCharacter(document, state, operator!, wanted, Number(first || 1) * Number(second || 1));
    return undefined;
  }
  const object = /^([dcy])([ia])(.)$/s.exec(typed);
  if (object !== null) {
    state.pending = '';
    operateOnObject(document, state, object[1]!, object[2] === 'a', object[3]!);
    return undefined;
  }
  if (/^\d*[dcy]?\d*[fFtT]$/.test(typed) || /^[dcy][ia]$/.test(typed)) {
    state.pending = typed.slice(0, 8);
    return undefined;
  }
  if (/^[1-9]\d*$/.test(typed) || /^\d*[dcygr><Z]$/.test(typed) || /^\d*[dc]\d+$/.test(typed)) {
    state.pending = typed.slice(0, 8);
    return undefined;
  }
  state.pending = '';
  const match = /^(\d*)([dcygrZ><]?)(\d*)(.)$/s.exec(typed)!;
  const count = Math.min(10_000, Number(match[1] || 1) * Number(match[3] || 1));
  const given = match[1] !== '' || match[3] !== '';
  const [operator, command] = [match[2]!, match[4]!];
  if (operator === '') return plain(document, state, command, count, given);
  if (operator === 'Z') return command === 'Z' ? 'quit' : undefined;
  if (operator === 'g') {
    if (command === 'g') toLine(document, given ? count - 1 : 0);
    return undefined;
  }
  if (operator === 'r') {
    document.mark();
    const { row, column } = document.cursor;
    document.lines[row] = document.line.slice(0, column) + command + document.line.slice(column + 1);
    return undefined;
  }
  if ('jkG'.includes(command)) {
    const { row } = document.cursor;
    const other =
      command === 'G' ? (given ? count - 1 : document.lines.length - 1) : row + (command === 'j' ? count : -count);
    return operateOnLines(document, state, operator, row, other);
  }
  return operate(document, state, operator, command, count);
}

function findCharacter(
  document: Document,
  state: NormalState,
  operator: string,
  find: CharacterFind,
  count: number,
): void {
  const { row, column } = document.cursor;
  const to = findColumn(document.line, column, find, Math.min(count, 10_000));
  if (to === undefined) return;
  if (operator === '') document.moveTo(row, to);
  else operateTo(document, state, operator, { row, column: isForward(find) ? to + 1 : to });
}

const ENDS_SELECTION = /^(escape|ctrl-c|[vVdxycs><J:IA])$/;

/** What a key does to the selection, which it ends. */
function endSelection(document: Document, state: NormalState, key: string): string | undefined {
  const { row, column, kind } = state.visual!;
  const here = { ...document.cursor };
  state.visual = undefined;
  if (key.length > 1 || key === 'v' || key === 'V') return undefined;
  const [from, to] =
    row < here.row || (row === here.row && column <= here.column) ? [{ row, column }, here] : [here, { row, column }];
  if (key === ':') {
    state.command = `:${from.row + 1},${to.row + 1}`;
    return undefined;
  }
  const operator = key === 'x' ? 'd' : key === 's' ? 'c' : key;
  if (operator === 'J') {
    document.moveTo(from.row, from.column);
    for (let count = Math.max(1, to.row - from.row); count > 0; count--) change(document, state, 'J', 1);
    return undefined;
  }
  if (kind === 'block' && 'dcyIA'.includes(operator)) {
    endBlock(document, state, operator, from, to);
    return undefined;
  }
  if ('IA'.includes(operator)) return change(document, state, operator, 1);
  if (kind === 'lines' || operator === '>' || operator === '<')
    return operateOnLines(document, state, operator, from.row, to.row);
  const before = [...document.lines];
  document.moveTo(from.row, from.column);
  if (operator !== 'y') document.mark();
  state.clip = {
    text: document.removeTo(to.row, Math.min(to.column + 1, document.lines[to.row]!.length)),
    wholeLines: false,
  };
  if (operator === 'y') document.lines = before;
  document.moveTo(from.row, from.column);
  if (operator === 'c') state.insert = true;
  return undefined;
}

/** An operator on all lines from one to another. */
function operateOnLines(
  document: Document,
  state: NormalState,
  operator: string,
  row: number,
  other: number,
): string | undefined {
  const last = Math.min(Math.max(row, other), document.lines.length - 1);
  const first = Math.max(0, Math.min(row, other));
  document.moveTo(first, 0);
  return operate(document, state, operator, operator, last - first + 1);
}

function operate(
  document: Document,
  state: NormalState,
  operator: string,
  command: string,
  count: number,
): string | undefined {
  const { row } = document.cursor;
  if (command === operator) {
    const lines = document.lines.slice(row, row + count);
    if (operator === '>' || operator === '<') {
      shiftLines(document, state.settings, row, row + lines.length - 1, operator === '>' ? 1 : -1);
      toLine(document, row);
      return undefined;
    }
    state.clip = { text: lines.join('\n'), wholeLines: true };
    if (operator === 'y') return `Yank ${lines.length} lines`;
    document.mark();
    if (operator === 'd') {
      document.removeLines(row, count);
      toLine(document, row);
    } else {
      document.removeLines(row, count - 1);
      document.moveTo(row, 0);
      document.removeTo(row, document.line.length);
      state.insert = true;
    }
    return undefined;
  }
  const target = command === '%' ? behind(partnerOf(document)) : targetOf(document, command, count, operator === 'c');
  if (target !== undefined) operateTo(document, state, operator, target);
  return undefined;
}

function operateOnObject(
  document: Document,
  state: NormalState,
  operator: string,
  around: boolean,
  what: string,
): void {
  const { row, column } = document.cursor;
  const span = objectAt(document.line, column, around, what);
  if (span === undefined) return;
  document.moveTo(row, span.from);
  operateTo(document, state, operator, { row, column: span.to });
}

function behind(place: Cursor | undefined): Cursor | undefined {
  return place === undefined ? undefined : { row: place.row, column: place.column + 1 };
}

/** An operator on what lies between the cursor and another place. */
function operateTo(document: Document, state: NormalState, operator: string, target: Cursor): void {
  const { row, column } = document.cursor;
  if (operator === 'y') {
    const [from, to] = target.column < column ? [target.column, column] : [column, target.column];
    state.clip = { text: document.line.slice(from, target.row === row ? to : undefined), wholeLines: false };
    return;
  }
  document.mark();
  state.clip = { text: document.removeTo(target.row, target.column), wholeLines: false };
  if (operator === 'c') state.insert = true;
}

function plain(
  document: Document,
  state: NormalState,
  command: string,
  count: number,
  given: boolean,
): string | undefined {
  if (command === 'G' && given) {
    toLine(document, count - 1);
    return undefined;
  }
  if (command === '%') {
    const partner = partnerOf(document);
    if (partner !== undefined) document.moveTo(partner.row, partner.column);
    return undefined;
  }
  if ('hjklwbe0^$G '.includes(command)) {
    for (let round = 0; round < count; round++) motion(document, command, false);
    return undefined;
  }
  return change(document, state, command, count);
}

function change(document: Document, state: NormalState, command: string, count: number): string | undefined {
  const { row, column } = document.cursor;
  switch (command) {
    case ':':
    case '/':
    case '?':
      state.command = command;
      return undefined;
    case 'n':
    case 'N':
      return searchAgain(document, state, command === 'N');
    case 'v':
    case 'V':
      state.visual = { row, column, kind: command === 'V' ? 'lines' : 'characters' };
      return undefined;
    case 'u':
      return document.undo() ? 'Undo' : 'Already at oldest change';
    case 'i':
    case 'a':
    case 'I':
    case 'A':
    case 'o':
    case 'O':
      document.mark();
      beginInsert(document, command, state.settings.autoIndent);
      state.insert = true;
      return undefined;
    case 'x':
    case 'D':
    case 'C':
    case 's':
      document.mark();
      state.clip = {
        text: document.removeTo(
          row,
          command === 'D' || command === 'C' ? document.line.length : Math.min(document.line.length, column + count),
        ),
        wholeLines: false,
      };
      if (command === 'C' || command === 's') state.insert = true;
      return undefined;
    case 'S':
      return operate(document, state, 'c', 'c', count);
    case '*': {
      const word = objectAt(document.line, column, false, 'w');
      if (word !== undefined) state.search = document.line.slice(word.from, word.to);
      return searchAgain(document, state, false);
    }
    case 'X':
      document.mark();
      document.removeTo(row, Math.max(0, column - count));
      return undefined;
    case 'J':
      if (row + 1 >= document.lines.length) return undefined;
      document.mark();
      document.lines.splice(row, 2, `${document.line} ${document.lines[row + 1]!.trimStart()}`);
      return undefined;
    case 'p':
    case 'P':
      put(document, state.clip, command === 'p', count);
      return undefined;
    case '~':
      swapCaseHere(document);
      return undefined;
    default:
      return undefined;
  }
}

function searchAgain(document: Document, state: NormalState, backward: boolean): string | undefined {
  const found = state.search === '' ? undefined : document.find(state.search, backward);
  if (found === undefined) return 'Pattern not found';
  document.moveTo(found.row, found.column);
  return undefined;
}

function swapCaseHere(document: Document): void {
  document.mark();
  const { row, column } = document.cursor;
  const { line } = document;
  document.lines[row] = line.slice(0, column) + swapCase(line.slice(column, column + 1)) + line.slice(column + 1);
  document.step(1, false);
}

function swapCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
}

function beginInsert(document: Document, command: string, autoIndent: boolean): void {
  const { row } = document.cursor;
  const indent = autoIndent ? document.line.slice(0, indentOf(document.line)) : '';
  if (command === 'a') document.step(1, false);
  else if (command === 'I') document.moveTo(row, /^\s*/.exec(document.line)![0].length);
  else if (command === 'A') document.moveTo(row, document.line.length);
  else if (command === 'o') {
    document.lines.splice(row + 1, 0, indent);
    document.moveTo(row + 1, indent.length);
  } else if (command === 'O') {
    document.lines.splice(row, 0, indent);
    document.moveTo(row, indent.length);
  }
}

function put(document: Document, clip: Clip | undefined, after: boolean, count: number): void {
  if (clip === undefined) return;
  document.mark();
  const { row } = document.cursor;
  for (let round = 0; round < count; round++) {
    if (clip.wholeLines) {
      document.lines.splice(after ? row + 1 : row, 0, ...clip.text.split('\n'));
      toLine(document, after ? row + 1 : row);
    } else {
      if (after) document.step(1, false);
      document.insert(clip.text);
      document.step(-1, false);
    }
  }
}
