import type { UnitStatus } from '../../linux/programs/systemd/port.ts';
import type { Process, WaitStatus } from '../../linux/syscalls.ts';
import type { Timer } from '../../sim/index.ts';
import { endText, fullName, type LoadedUnit, resultOf, type ServiceUnit, type UnitStarts } from './service-unit.ts';

/** What a service manager knows of a unit. */
export interface UnitState {
  readonly name: string;
  /** What it is if the machine was installed with it. */
  readonly installed: ServiceUnit | undefined;
  loaded: LoadedUnit;
  /** Stopped by hand: it stays down. */
  stopped: boolean;
  process: Process | undefined;
  command: readonly string[];
  restart: Timer | undefined;
  restarts: number;
  /** The process that ended last, and how. */
  ended: { readonly pid: number; readonly status: WaitStatus } | undefined;
  /** Why no process could be started. */
  failure: 'resources' | 'start-limit-hit' | undefined;
  readonly starts: UnitStarts;
  sinceMs: number;
  /** Who waits for the process to end. */
  readonly waiting: (() => void)[];
}

/** Of a unit that nothing has happened to yet. */
export function newUnitState(loaded: LoadedUnit, installed: ServiceUnit | undefined, nowMs: number): UnitState {
  return {
    name: loaded.name,
    installed,
    loaded,
    stopped: false,
    process: undefined,
    command: [],
    restart: undefined,
    restarts: 0,
    ended: undefined,
    failure: undefined,
    starts: { sinceMs: 0, count: 0 },
    sinceMs: nowMs,
    waiting: [],
  };
}

/** Who speaks in the journal. */
export function programOf({ command: [path = ''] }: UnitState): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What `systemctl status` shows of it. */
export function statusOf(state: UnitState, isChanged: boolean): UnitStatus {
  const { loaded, process, ended, sinceMs, failure } = state;
  const result = failure ?? (state.stopped ? 'success' : resultOf(ended?.status));
  return {
    name: fullName(state),
    description: loaded.description,
    documentation: loaded.documentation,
    load: loaded.load,
    file: loaded.file,
    dropIns: loaded.dropIns,
    isChanged,
    ...activity(state, result !== 'success'),
    result,
    enabled: loaded.isEnabled,
    sinceMs,
    pid: process?.hostPid,
    command: state.command,
    ended: ended === undefined ? undefined : { pid: ended.pid, how: endText(ended.status) },
    restarts: state.restarts,
  };
}

function activity(state: UnitState, hasFailed: boolean): Pick<UnitStatus, 'active' | 'sub'> {
  const { loaded, process, restart, ended, stopped } = state;
  if (process !== undefined) return { active: 'active', sub: 'running' };
  if (restart !== undefined) return { active: 'activating', sub: 'auto-restart' };
  if (hasFailed) return { active: 'failed', sub: 'failed' };
  return loaded.remains && ended !== undefined && !stopped
    ? { active: 'active', sub: 'exited' }
    : { active: 'inactive', sub: 'dead' };
}
