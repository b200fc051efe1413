import { makeDirectories } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import type { Host } from '../../linux/host.ts';
import {
  MANAGER_SOCKET,
  type ManagerCall,
  type ManagerReply,
  type PowerAction,
} from '../../linux/programs/systemd/port.ts';
import { decode, encode } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import type { Task, Timer } from '../../sim/index.ts';
import type { ServiceSupervisor } from './service-supervisor.ts';

export interface MachinePower {
  /** Ends the machine's work in order. */
  turnOff(action: PowerAction): void;
}

const STOP_LOOK_MS = 100;
/** systemd's DefaultTimeoutStopSec. */
const STOP_TIMEOUT_MS = 90_000;

/**
 * Answers `systemctl`, `journalctl` and `shutdown` on the machine's socket. PID 1 of a simulated machine is no program, so
 * that this is a process of its own beside it.
 */
export function serviceManager(host: Host, supervisor: ServiceSupervisor, power: MachinePower): Program {
  let scheduled: Timer | undefined;
  const schedule = (action: PowerAction, atMs: number | undefined): void => {
    scheduled?.cancel();
    scheduled = undefined;
    if (atMs === undefined) return;
    const turnOff = (): void => {
      if (host.running) power.turnOff(action);
    };
    scheduled = host.sim.schedule(atMs - host.sim.wallMs, `${action} ${host.name}`, turnOff);
  };
  const answer = function* (process: Process, call: ManagerCall): Task<ManagerReply> {
    switch (call.method) {
      case 'units':
        return { units: supervisor.units() };
      case 'journal':
        return { journal: supervisor.journal };
      case 'reload':
        supervisor.reload();
        return { done: true };
      case 'log':
        supervisor.note(call);
        return { done: true };
      case 'power':
        schedule(call.action, call.atMs);
        return { done: true };
      default:
        return yield* changeUnit(process, supervisor, call);
    }
  };
  return function* (process) {
    makeDirectories(process, MANAGER_SOCKET.slice(0, MANAGER_SOCKET.lastIndexOf('/')));
    if (process.access(MANAGER_SOCKET, 'exists')) process.unlink(MANAGER_SOCKET);
    const listener = process.listenUnix(MANAGER_SOCKET);
    process.chmod(MANAGER_SOCKET, 0o600);
    process.setSignalAction('CHLD', 'ignore');
    for (;;) {
      const { fd } = yield* process.accept(listener);
      process.fork((child) => answerOne(child, answer), { fds: { 0: fd } });
      process.close(fd);
    }
  };
}

function* answerOne(
  process: Process,
  answer: (process: Process, call: ManagerCall) => Task<ManagerReply>,
): Task<number> {
  let text = '';
  while (!text.includes('\n')) {
    const piece = yield* process.read(0);
    if (piece.length === 0) return 0;
    text += decode(piece);
  }
  try {
    const reply = yield* answer(process, JSON.parse(text) as ManagerCall);
    yield* process.write(0, encode(`${JSON.stringify(reply)}\n`));
  } catch (error) {
    // Whoever asked has gone, or talks nonsense.
    if (!(error instanceof Errno || error instanceof SyntaxError)) throw error;
  }
  return 0;
}

function* changeUnit(
  process: Process,
  supervisor: ServiceSupervisor,
  { method, unit }: Extract<ManagerCall, { readonly unit: string }>,
): Task<ManagerReply> {
  if (!supervisor.has(unit)) return { done: false };
  if (method === 'enable' || method === 'disable') return { done: supervisor.enable(unit, method === 'enable') };
  if (method === 'reset-failed') supervisor.forgive(unit);
  const refusal = method === 'start' || method === 'restart' ? supervisor.refusal(unit) : undefined;
  if (refusal !== undefined) return { done: false, refusal };
  if (method === 'reset-failed') return { done: true };
  if (method !== 'start') {
    let ended = false;
    supervisor.stop(unit, () => {
      ended = true;
    });
    for (let waitedMs = 0; !ended; waitedMs += STOP_LOOK_MS) {
      if (waitedMs === STOP_TIMEOUT_MS) supervisor.kill(unit);
      yield* process.sleep(STOP_LOOK_MS);
    }
  }
  if (method !== 'stop') supervisor.start(unit);
  return { done: true };
}
