// What systemd is to the programs of a machine: units, a journal, and the power. They ask over its socket, with a line of
// JSON each way where the real one speaks D-Bus.

export const MANAGER_SOCKET = '/run/systemd/private';

export interface UnitStatus {
  /** With its suffix: `kubelet.service`. */
  readonly name: string;
  readonly description: string;
  readonly documentation: string;
  /** Whether its files could be made sense of. */
  readonly load: 'loaded' | 'bad-setting' | 'masked' | 'not-found';
  readonly file: string;
  readonly dropIns: readonly string[];
  /** Whether its files say something else by now than when they were read. */
  readonly isChanged: boolean;
  readonly active: 'active' | 'inactive' | 'activating' | 'failed';
  readonly sub: 'running' | 'exited' | 'dead' | 'auto-restart' | 'failed';
  /** `exit-code` */
  readonly result: string;
  readonly enabled: boolean;
  /** Since when it is in this state, milliseconds since 1970. */
  readonly sinceMs: number;
  readonly pid: number | undefined;
  readonly command: readonly string[];
  /** The process that ended last, and how: `code=exited, status=1/FAILURE`. */
  readonly ended: { readonly pid: number; readonly how: string } | undefined;
  /** How often it was started again by itself. */
  readonly restarts: number;
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
  | { readonly method: 'start' | 'stop' | 'restart' | 'enable' | 'disable' | 'reset-failed'; readonly unit: string }
  /** Reads the unit files anew. */
  | { readonly method: 'reload' }
  | { readonly method: 'journal' }
  /** A line for the journal, from a program that belongs to no unit. */
  | { readonly method: 'log'; readonly identifier: string; readonly pid: number; readonly text: string }
  /** At a time in milliseconds since 1970; no time takes back what was scheduled. */
  | { readonly method: 'power'; readonly action: PowerAction; readonly atMs: number | undefined };

export interface ManagerReply {
  readonly units?: readonly UnitStatus[];
  readonly journal?: readonly JournalEntry[];
  /** Why not, in systemctl's words. */
  readonly refusal?: string;
  /** Whether anything changed. */
  readonly done?: boolean;
}
