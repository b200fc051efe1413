import type { Fault } from './fault.ts';

/** Commands that follow one another on one cluster, each run by the real kubectl and by ours. */
export interface Scenario {
  readonly name: string;
  /** Files in the home directory, by relative path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Ways in which the server may be down, slow or lying, by name. */
  readonly faults?: Readonly<Record<string, Fault>>;
  /**
   * A shell line each, run in the home directory. `# …` is a comment, `@pass N` lets N virtual seconds pass,
   * `@quiet …` runs a line whose output is not compared, `@server NAME` gives the server that fault (`sound`: none)
   * for the lines that follow. Between lines two seconds pass.
   */
  readonly script: string;
}

export type Step =
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'server'; readonly fault: string }
  | { readonly kind: 'command'; readonly line: string; readonly compared: boolean };

/** @throws Error for a directive that is none. */
export function readSteps(script: string): readonly Step[] {
  return script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(readStep);
}

function readStep(line: string): Step {
  if (!line.startsWith('@')) return { kind: 'command', line, compared: true };
  const [directive, rest] = [line.slice(1, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
  if (directive === 'pass' && /^\d+$/.test(rest)) return { kind: 'pass', seconds: Number(rest) };
  if (directive === 'server') return { kind: 'server', fault: rest };
  if (directive === 'quiet') return { kind: 'command', line: rest, compared: false };
  throw new Error(`no such directive: ${line}`);
}

/**
 * Whether time has to pass for the command to end: it waits for something in the cluster. For all others the clock of
 * both clusters stands still, so that even ages are the same.
 */
export function needsTime(line: string): boolean {
  return /kubectl\b.*\b(get cs|delete|wait|scale .*--timeout|rollout (status|restart|undo)|drain|exec|attach|cp|debug|port-forward|proxy|-it?|--attach|--force|--prune|--watch(-only)?|-w|-f=?true|--follow)\b|logs.* -f\b|\bsleep\b/.test(
    line,
  );
}
