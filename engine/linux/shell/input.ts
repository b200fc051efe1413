import type { Task } from '../../sim/index.ts';
import { readLineBytewise } from './builtins/read-line.ts';
import { faultOf, LoopExit } from './control.ts';
import { runStatement } from './execute/list.ts';
import { parseFor, reportSyntax } from './interpreter.ts';
import { complain } from './messages.ts';
import type { Shell } from './shell.ts';

/**
 * Runs a script from standard input. It is read line by line, no further than the command at hand needs: commands read
 * the same input.
 */
export function* runInput(shell: Shell): Task<number> {
  let firstLine = 1;
  let lines = 0;
  let text = '';
  for (;;) {
    const line = yield* readLineBytewise(shell.process, 0);
    const ended = line === undefined || !line.terminated;
    if (line !== undefined) {
      text += `${line.text}\n`;
      lines += 1;
    }
    if (text.trim() === '') {
      if (ended) return shell.status;
      text = '';
      firstLine += lines;
      lines = 0;
      continue;
    }
    const parsed = parseFor(shell, text, firstLine);
    if (parsed.incomplete && !ended) continue;
    for (const statement of parsed.script.statements) {
      if (shell.options.noexec && !shell.interactive) continue;
      try {
        yield* runStatement(shell, statement);
      } catch (error) {
        if (error instanceof LoopExit) continue;
        const fault = faultOf(error);
        if (!fault?.commandOnly) throw error;
        yield* complain(shell, fault.message);
        shell.status = fault.status;
      }
    }
    if (parsed.fault !== undefined) {
      yield* reportSyntax(shell, parsed.fault, text);
      return 2;
    }
    if (ended) return shell.status;
    text = '';
    firstLine += lines;
    lines = 0;
  }
}
