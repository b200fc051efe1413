import type { ArithmeticTree } from '../arithmetic/tree.ts';

// The tree the interpreter walks: what a script means, with quoting resolved, braces expanded and every nested script
// parsed. It is made once per script from the grammar library's tree.

/** A part of a word. `quoted` text is neither split nor globbed. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'tilde'; readonly user: string }
  | ParameterSegment
  | { readonly kind: 'command'; readonly script: Script; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: ArithmeticText; readonly quoted: boolean }
  | { readonly kind: 'process'; readonly direction: '<' | '>'; readonly script: Script };

export interface ParameterSegment {
  readonly kind: 'parameter';
  /** `name`, `1`, `@`, `#`, … */
  readonly name: string;
  readonly quoted: boolean;
  /** `${#name}` */
  readonly length: boolean;
  /** `${!name}` */
  readonly indirect: boolean;
  /** `${name[index]}`; `@` and `*` are words of that text. */
  readonly index: Word | undefined;
  readonly operation: ParameterOperation | undefined;
  /** As written, for messages. */
  readonly source: string;
}

export type ParameterOperation =
  | { readonly kind: 'default'; readonly operator: string; readonly operand: Word }
  | { readonly kind: 'remove'; readonly operator: string; readonly pattern: Word }
  | { readonly kind: 'replace'; readonly operator: string; readonly pattern: Word; readonly replacement: Word }
  | { readonly kind: 'slice'; readonly offset: ArithmeticText; readonly length: ArithmeticText | undefined }
  | { readonly kind: 'case'; readonly operator: string; readonly pattern: Word | undefined }
  | { readonly kind: 'transform'; readonly operator: string }
  | { readonly kind: 'names'; readonly operator: string }
  | { readonly kind: 'bad' };

export interface Word {
  readonly segments: readonly Segment[];
  /** The word's only value when it has neither expansions nor glob characters: most words. */
  readonly literal: string | undefined;
}

/** An arithmetic expression: parsed already where its text is fixed, else a word to expand and parse each time. */
export interface ArithmeticText {
  readonly word: Word;
  readonly tree: ArithmeticTree | undefined;
}

export interface Assignment {
  readonly kind: 'assignment';
  readonly name: string;
  readonly index: Word | undefined;
  readonly append: boolean;
  readonly value: Word | ArrayLiteral;
}

export interface ArrayLiteral {
  readonly elements: readonly { readonly key: Word | undefined; readonly append: boolean; readonly value: Word }[];
}

export type Redirect =
  | { readonly kind: 'file'; readonly operator: string; readonly fd: RedirectTarget; readonly path: Word }
  | { readonly kind: 'duplicate'; readonly operator: '<&' | '>&'; readonly fd: RedirectTarget; readonly source: Word }
  | { readonly kind: 'text'; readonly fd: RedirectTarget; readonly text: Word; readonly newline: boolean };

/** A number, or a variable that receives one (`{fd}>file`). */
type RedirectTarget = number | string;

export interface SimpleCommand {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly (Word | Assignment)[];
  /** What the words come to when there is nothing to expand in them. */
  readonly literals: readonly string[] | undefined;
  readonly redirects: readonly Redirect[];
  readonly line: number;
}

export type Command =
  | SimpleCommand
  | { readonly kind: 'redirected'; readonly command: Command; readonly redirects: readonly Redirect[] }
  | { readonly kind: 'subshell'; readonly body: List }
  | { readonly kind: 'group'; readonly body: List }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: List; readonly body: List }[];
      readonly otherwise: List | undefined;
    }
  | { readonly kind: 'while'; readonly until: boolean; readonly test: List; readonly body: List }
  | {
      readonly kind: 'for';
      readonly name: string;
      readonly words: readonly Word[] | undefined;
      readonly body: List;
      readonly line: number;
    }
  | { readonly kind: 'select'; readonly name: string; readonly words: readonly Word[] | undefined; readonly body: List }
  | {
      readonly kind: 'arithmetic-for';
      readonly initialize: ArithmeticText | undefined;
      readonly test: ArithmeticText | undefined;
      readonly update: ArithmeticText | undefined;
      readonly body: List;
    }
  | { readonly kind: 'case'; readonly subject: Word; readonly items: readonly CaseItem[] }
  | { readonly kind: 'test'; readonly expression: TestExpression; readonly line: number }
  | { readonly kind: 'arithmetic'; readonly expression: ArithmeticText; readonly line: number }
  /** `source` is the body as written. */
  | { readonly kind: 'function'; readonly name: string; readonly body: Command; readonly source: string }
  | { readonly kind: 'coproc'; readonly name: string; readonly body: Command; readonly source: string }
  | { readonly kind: 'unsupported'; readonly what: string };

interface CaseItem {
  readonly patterns: readonly Word[];
  readonly body: List;
  readonly terminator: string;
}

export type TestExpression =
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Word }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Word; readonly right: Word }
  | { readonly kind: 'logical'; readonly operator: '&&' | '||'; readonly operands: readonly TestExpression[] }
  | { readonly kind: 'not'; readonly operand: TestExpression };

export interface Pipeline {
  readonly negated: boolean;
  readonly timed: boolean;
  readonly commands: readonly Command[];
  /** Of each command but the last: whether its standard error goes into the pipe as well (`|&`). */
  readonly withErrors: readonly boolean[];
}

export interface Statement {
  readonly pipelines: readonly Pipeline[];
  /** Between the pipelines. */
  readonly operators: readonly ('&&' | '||')[];
  readonly background: boolean;
  /** What most statements are: a command that is not piped, joined, negated, timed or in the background. */
  readonly alone: Command | undefined;
  /** As written: what `jobs` shows. */
  readonly source: string;
  readonly line: number;
}

export interface List {
  readonly statements: readonly Statement[];
}

/** The command that is all there is to a list. */
export function onlyCommand({ statements }: List): Command | undefined {
  return statements.length === 1 ? statements[0]!.alone : undefined;
}

/** A list that stands for itself: a file, a `-c` string, a command substitution. */
export type Script = List;
