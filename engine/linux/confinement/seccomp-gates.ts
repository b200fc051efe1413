import { ConfinementError } from '../confinement.ts';
import type { TaskStruct } from '../kernel/kernel.ts';
import { terminate } from '../kernel/lifecycle.ts';
import { TaskTerminated } from '../kernel/task-terminated.ts';
import type { Process } from '../syscalls.ts';
import type { AuditLog } from './audit.ts';
import type { Gate } from './confined-calls.ts';
import { errorOfNumber } from './error-numbers.ts';
import { type Call, METHOD_CALLS } from './method-calls.ts';
import type { SeccompFilter, Verdict } from './seccomp-filter.ts';

/** What a filter puts before methods; nothing before those whose calls it allows whatever their arguments. */
export function seccompGates(filter: SeccompFilter, auditOf: (task: TaskStruct) => AuditLog): Map<keyof Process, Gate> {
  const gates = new Map<keyof Process, Gate>();
  for (const [method, calls] of METHOD_CALLS) {
    const watched = calls.filter((call) => !isFree(filter, call));
    if (watched.length === 0) continue;
    gates.set(method, (task, args) => {
      for (const call of watched) {
        if (call.made?.(args) === false) continue;
        const verdict = filter.always(call.forms) ?? filter.decide(call.forms, call.values?.(args) ?? []);
        if (verdict.logged) auditOf(task).systemCall(task, call.forms[0]!, verdict);
        carryOut(task, verdict);
      }
    });
  }
  return gates;
}

function isFree(filter: SeccompFilter, { forms }: Call): boolean {
  const always = filter.always(forms);
  return always !== undefined && always.kind === 'allow' && !always.logged;
}

function carryOut(task: TaskStruct, { kind, errno }: Verdict): void {
  if (kind === 'allow') return;
  if (kind === 'errno') throw errorOfNumber(errno);
  terminate(task, { kind: 'signaled', signal: 'SYS' });
  if (task.kernel.current === task) throw new TaskTerminated();
  throw errorOfNumber(1);
}

/** What runc itself does between loading the filter and the program, and what it says of it that fails. */
const RUNTIME_CALLS: readonly (readonly [forms: string, explain: (program: string, why: string) => string])[] = [
  ['openat|open|openat2', (_, why) => `get handle to /proc/thread-self/fd: ${why}`],
  ['write|writev', (_, why) => `write exec fifo: ${why}`],
  ['close|close_range', (_, why) => `close exec fifo: ${why}`],
  ['execve|execveat', (program, why) => `exec ${program}: ${why}`],
];

/** Throws ConfinementError where the runtime cannot start the program under its filter. */
export function requireStart(filter: SeccompFilter, program: string): void {
  for (const [forms, explain] of RUNTIME_CALLS) {
    const { kind, errno } = filter.decide(forms.split('|'), []);
    if (kind === 'allow') continue;
    if (kind === 'kill') throw new ConfinementError('cannot start a container that has stopped');
    throw new ConfinementError(explain(program, errorOfNumber(errno).message.toLowerCase()));
  }
}
