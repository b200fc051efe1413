import type { Comparison } from './compare.ts';

/** Commands whose answers differ from the real kubectl's for a reason that stands; `engine/ARCHITECTURE.md` lists them. */
const KNOWN: readonly { readonly line: RegExp; readonly why: string }[] = [
  { line: /kubectl version/, why: 'ours is the kubectl of its cluster, 1.36; the real one here is 1.35' },
  {
    line: /kubectl describe node (node-1|control-plane)$/,
    why: 'kubectl 1.36 says no kube-proxy version of a node any more; the real one here is 1.35',
  },
  { line: /--output=plaintext-openapiv2/, why: 'the outdated form is printed as that of version 3' },
];

/** Why the command may differ; undefined when it may not. */
export function knownDifference({ line }: Pick<Comparison, 'line'>): string | undefined {
  return KNOWN.find((known) => known.line.test(line))?.why;
}
