// What an awk program is parsed to. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/awk.html

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '<' | '<=' | '>' | '>=' | '==' | '!=';

/** What can be assigned to. */
export type Target =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'field'; readonly index: Expression }
  | { readonly kind: 'element'; readonly name: string; readonly subscript: readonly Expression[] };

export type Expression =
  | Target
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'group'; readonly inner: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | {
      readonly kind: 'assign';
      readonly operator: BinaryOperator | undefined;
      readonly target: Target;
      readonly value: Expression;
    }
  | { readonly kind: 'step'; readonly target: Target; readonly by: 1 | -1; readonly prefix: boolean }
  | { readonly kind: 'conditional'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'in'; readonly subscript: readonly Expression[]; readonly name: string }
  | { readonly kind: 'match'; readonly negated: boolean; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'concat'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'unary'; readonly operator: '!' | '-' | '+'; readonly operand: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'builtin'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'getline';
      readonly from: 'input' | 'file' | 'command';
      readonly source: Expression | undefined;
      readonly target: Target | undefined;
    };

export interface Redirection {
  readonly to: 'file' | 'append' | 'command';
  readonly target: Expression;
}

export type Statement =
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | {
      readonly kind: 'print' | 'printf';
      readonly args: readonly Expression[];
      readonly redirection: Redirection | undefined;
    }
  | { readonly kind: 'if'; readonly test: Expression; readonly yes: Statement; readonly no: Statement | undefined }
  | { readonly kind: 'while'; readonly test: Expression; readonly body: Statement }
  | { readonly kind: 'do'; readonly test: Expression; readonly body: Statement }
  | {
      readonly kind: 'for';
      readonly first: Statement | undefined;
      readonly test: Expression | undefined;
      readonly next: Statement | undefined;
      readonly body: Statement;
    }
  | { readonly kind: 'each'; readonly variable: string; readonly name: string; readonly body: Statement }
  | { readonly kind: 'delete'; readonly name: string; readonly subscript: readonly Expression[] | undefined }
  | { readonly kind: 'break' | 'continue' | 'next' | 'nextfile' }
  | { readonly kind: 'exit' | 'return'; readonly value: Expression | undefined };

export interface Rule {
  readonly pattern: 'BEGIN' | 'END' | Expression | undefined;
  /** The second pattern of a range. */
  readonly until: Expression | undefined;
  /** Prints the record when absent. */
  readonly action: Statement | undefined;
}

export interface AwkFunction {
  readonly parameters: readonly string[];
  readonly body: Statement;
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
}
