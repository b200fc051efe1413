/** An arithmetic expression. Numbers are 64-bit, kept as BigInt. */
export type ArithmeticTree =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'variable'; readonly name: string; readonly index: ArithmeticIndex | undefined }
  | { readonly kind: 'unary'; readonly operator: '+' | '-' | '!' | '~'; readonly operand: ArithmeticTree }
  | { readonly kind: 'step'; readonly target: ArithmeticVariable; readonly by: 1n | -1n; readonly prefix: boolean }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: ArithmeticTree;
      readonly right: ArithmeticTree;
    }
  | {
      readonly kind: 'assign';
      readonly operator: string;
      readonly target: ArithmeticVariable;
      readonly value: ArithmeticTree;
    }
  | {
      readonly kind: 'choice';
      readonly test: ArithmeticTree;
      readonly yes: ArithmeticTree;
      readonly no: ArithmeticTree;
    };

export type ArithmeticVariable = Extract<ArithmeticTree, { kind: 'variable' }>;

/** The text in brackets is a key of an associative array or an expression; which is known only when it is evaluated. */
interface ArithmeticIndex {
  readonly text: string;
}

export interface ArithmeticFault {
  readonly message: string;
  /** The rest of the expression where it went wrong: bash's "error token". */
  readonly token: string;
}
