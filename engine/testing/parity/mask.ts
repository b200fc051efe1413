import type { Outcome } from './side.ts';

// What may differ between two runs of the same command on equal clusters, and nothing else: times, ages that kubectl
// counts on its own machine's clock, and names that the server draws.

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000/g, '<time>'],
  [/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/g, '<time>'],
  [/(\/tmp\/(?:LIVE|MERGED)-)\d+/g, '$1<random>'],
  [/[EFIW]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /g, '<klog> '],
  [/(\/tmp\/kubectl-edit-)\d+/g, '$1<random>'],
  // Which of the two Go says depends on which of its timers comes first.
  [
    /net\/http: request canceled \(Client.Timeout exceeded while awaiting headers\)|context deadline exceeded( \(Client.Timeout exceeded while awaiting headers\))?/g,
    '<timed out>',
  ],
  [/(resourceVersion"?: )"?\d+"?/g, '$1<resourceVersion>'],
];

/** A count such as `3m12s`, `2d`, or what kubectl writes for a moment in its future. */
const AGE = /\b(\d+[smhdy])+\b|<invalid>/g;

/** Commands in which kubectl itself counts ages; a table's ages come from the server. */
const COUNTS_AGES = /kubectl\b.*\b(describe|events|rollout history|top|auth whoami)\b/;

export function mask(line: string, { stdout, stderr, exitCode }: Outcome): Outcome {
  const ages = COUNTS_AGES.test(line);
  const masked = (text: string) => {
    let result = text;
    for (const [pattern, name] of MASKS) result = result.replace(pattern, name);
    // The columns beside an age move with its length.
    return ages ? result.replace(AGE, '<age>').replace(/ {2,}|-{4,}/g, (run) => run.slice(0, 2)) : result;
  };
  return { stdout: masked(stdout), stderr: masked(stderr), exitCode };
}
