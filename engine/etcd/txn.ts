import type { KeyValue } from './key-value.ts';

/** A condition on a key; a key that is not there has revisions and version 0. */
export interface Compare {
  readonly key: string;
  readonly target: 'createRevision' | 'modRevision' | 'version' | 'lease';
  readonly result: '=' | '!=' | '<' | '>';
  readonly value: number;
}

export type TxnOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown; readonly lease?: number }
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'get'; readonly key: string };

export interface TxnResult {
  /** Whether all comparisons held. */
  readonly succeeded: boolean;
  /** The store's revision afterwards. */
  readonly revision: number;
  /** What the `get` operations found, in their order. */
  readonly reads: readonly (KeyValue | undefined)[];
}

export function holds(compare: Compare, keyValue: KeyValue | undefined): boolean {
  const actual = keyValue?.[compare.target] ?? 0;
  switch (compare.result) {
    case '=':
      return actual === compare.value;
    case '!=':
      return actual !== compare.value;
    case '<':
      return actual < compare.value;
    case '>':
      return actual > compare.value;
  }
}
