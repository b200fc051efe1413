import type { Task } from '../../../sim/index.ts';
import type { Shell } from '../shell.ts';
import type { Assignment, Segment, Word } from '../syntax/tree.ts';
import { arithmeticValue } from './arithmetic.ts';
import { FieldBuilder } from './fields.ts';
import { globPaths } from './glob.ts';
import { expandParameter, type ParameterValue } from './parameter.ts';
import { escapePattern } from './pattern.ts';
import { commandOutput, processSubstitution } from './substitution.ts';
import { homeDirectory } from './tilde.ts';

const DEFAULT_IFS = ' \t\n';

/** A command's words: all expansions, splitting and globbing. Assignments among them are handed over as they are. */
export function expandWords(shell: Shell, words: readonly Word[]): Task<string[]>;
export function expandWords(shell: Shell, words: readonly (Word | Assignment)[]): Task<(string | Assignment)[]>;
export function* expandWords(shell: Shell, words: readonly (Word | Assignment)[]): Task<(string | Assignment)[]> {
  const into: (string | Assignment)[] = [];
  for (const word of words) {
    if ('kind' in word) {
      into.push(word);
      continue;
    }
    if (word.literal !== undefined) {
      // No text at all is no argument: the second word of `{a,}`.
      if (word.segments.length > 0) into.push(word.literal);
      continue;
    }
    const builder = new FieldBuilder(shell.variables.value('IFS') ?? DEFAULT_IFS);
    for (const segment of word.segments) {
      if (segment.kind === 'text') builder.text(segment.text, segment.quoted);
      else yield* appendSegment(shell, segment, builder, false);
    }
    for (const field of builder.finish()) {
      const paths = field.pattern === undefined || shell.options.noglob ? undefined : pathsOf(shell, field.pattern);
      if (paths === undefined || (paths.length === 0 && !shell.shopts.has('nullglob'))) into.push(field.text);
      else for (const path of paths) into.push(path);
    }
  }
  return into;
}

function pathsOf(shell: Shell, pattern: string): string[] {
  return globPaths(shell.process, pattern, { dots: shell.shopts.has('dotglob') });
}

/**
 * @param split unquoted text is to be split as well: it comes from the word of `${x:-word}`
 */
function* appendSegment(shell: Shell, segment: Segment, builder: FieldBuilder, split: boolean): Task<void> {
  switch (segment.kind) {
    case 'text':
      if (split && !segment.quoted) builder.split(segment.text);
      else builder.text(segment.text, segment.quoted);
      return;
    case 'tilde':
      builder.text(homeDirectory(shell, segment.user), true);
      return;
    case 'parameter': {
      const value = yield* expandParameter(shell, segment, wordExpansions);
      if (typeof value === 'string') {
        if (segment.quoted) builder.text(value, true);
        else builder.split(value);
      } else if (Array.isArray(value)) {
        // `"$@"` without parameters is no field at all, but does not take away what is beside it.
        if (value.length > 0) builder.list(value, segment.quoted);
      } else {
        for (const inner of (value as { operand: Word }).operand.segments)
          yield* appendSegment(shell, inner, builder, true);
      }
      return;
    }
    default: {
      const text = yield* plainSegment(shell, segment);
      if (segment.kind === 'process' || segment.quoted) builder.text(text, true);
      else builder.split(text);
    }
  }
}

function* plainSegment(shell: Shell, segment: Exclude<Segment, { kind: 'text' | 'parameter' }>): Task<string> {
  switch (segment.kind) {
    case 'tilde':
      return homeDirectory(shell, segment.user);
    case 'command':
      return yield* commandOutput(shell, segment.script);
    case 'arithmetic':
      return (yield* arithmeticValue(shell, segment.expression, wordExpansions)).toString();
    case 'process':
      return processSubstitution(shell, segment);
  }
}

/** A word's text without splitting and globbing: assignments, redirections, `case` subjects, here-documents. */
export function* expandText(shell: Shell, word: Word): Task<string> {
  if (word.literal !== undefined) return word.literal;
  let text = '';
  for (const segment of word.segments) text += yield* segmentText(shell, segment);
  return text;
}

function* segmentText(shell: Shell, segment: Segment): Task<string> {
  if (segment.kind === 'text') return segment.text;
  if (segment.kind !== 'parameter') return yield* plainSegment(shell, segment);
  return yield* parameterText(shell, yield* expandParameter(shell, segment, wordExpansions));
}

function* parameterText(shell: Shell, value: ParameterValue): Task<string> {
  if (typeof value === 'string') return value;
  if (!('operand' in value)) return value.join(' ');
  return yield* expandText(shell, value.operand);
}

/** A word as a pattern: quoted parts match themselves. */
export function* expandPattern(shell: Shell, word: Word): Task<string> {
  let pattern = '';
  for (const segment of word.segments) {
    const quoted = segment.kind === 'tilde' || segment.kind === 'process' || segment.quoted;
    if (segment.kind === 'parameter' && !quoted) {
      const value = yield* expandParameter(shell, segment, wordExpansions);
      if (typeof value === 'object' && 'operand' in value) pattern += yield* expandPattern(shell, value.operand);
      else pattern += yield* parameterText(shell, value);
      continue;
    }
    const text = yield* segmentText(shell, segment);
    pattern += quoted ? escapePattern(text) : text;
  }
  return pattern;
}

/** What the other expansions need of this file. */
const wordExpansions = { text: expandText, pattern: expandPattern };
