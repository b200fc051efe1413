// What systemd is to the programs of a machine: units, a journal, and the power. They ask over its socket, with a line of
// JSON each way where the real one speaks D-Bus.

export const MANAGER_SOCKET = '/run/systemd/private';

export interface UnitStatus {
  /** With its suffix: `kubelet.service`. */
  readonly name: string;
  readonly description: string;
  readonly documentation: string;
  readonly active: 'active' | 'inactive' | 'activating' | 'failed';
  readonly sub: 'running' | 'exited' | 'dead' | 'auto-restart' | 'failed';
  readonly enabled: boolean;
  /** Since when it is in this state, milliseconds since 1970. */
  readonly sinceMs: number;
  readonly pid: number | undefined;
  readonly command: readonly string[];
  /** How the process ended last: `code=exited, status=1/FAILURE`. */
  readonly ended: string | undefined;
}

export interface JournalEntry {
  readonly timeMs: number;
  /** Whose it is, with its suffix. */
  readonly unit: string;
  /** Who says it: `systemd`, `kubelet`. */
  readonly identifier: string;
  readonly pid: number;
  readonly text: string;
}

export type PowerAction = 'poweroff' | 'reboot' | 'halt';

export type ManagerCall =
  | { readonly method: 'units' }
  | { readonly method: 'start' | 'stop' | 'restart' | 'enable' | 'disable'; readonly unit: string }
  | { readonly method: 'journal' }
  /** A line for the journal, from a program that belongs to no unit. */
  | { readonly method: 'log'; readonly identifier: string; readonly pid: number; readonly text: string }
  /** At a time in milliseconds since 1970; no time takes back what was scheduled. */
  | { readonly method: 'power'; readonly action: PowerAction; readonly atMs: number | undefined };

export interface ManagerReply {
  readonly units?: readonly UnitStatus[];
  readonly journal?: readonly JournalEntry[];
  /** Whether anything changed. */
  readonly done?: boolean;
}
