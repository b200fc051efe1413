import { vi } from 'vitest';
import { gradeCommand } from '../grade-command.ts';

export interface Graded {
  /** The exit code. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm run grade` answers, without a process for it: to start one takes longer than most answers. */
export function gradeHere(...args: string[]): Graded {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += text;
      return true;
    }),
  );
  try {
    return { status: gradeCommand(args), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
