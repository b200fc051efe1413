import type { ClusterView } from '../cluster/view.ts';
import type { JournalEntry } from '../sim/index.ts';

/** Bytes that a terminal shows. */
export interface TerminalOutput {
  readonly terminal: string;
  readonly data: Uint8Array;
}

/** A point between two events of a run. */
export interface RunPoint {
  /** Virtual milliseconds. */
  readonly timeMs: number;
  /** Events that have run. */
  readonly step: number;
}

/** What the hands of the clock show, and how it is being driven. */
export interface ClockReading extends RunPoint {
  /** What the cluster's clocks show, in milliseconds since 1970. */
  readonly wallMs: number;
  /** Virtual milliseconds for each real one. */
  readonly speed: number;
  readonly paused: boolean;
  /** Running ahead to the next thing that happens. */
  readonly jumping: boolean;
  /** Whether the machine cannot keep up, so that the clock runs slower than it should. */
  readonly slipping: boolean;
}

/** What has happened since the last frame. */
export interface Frame {
  readonly clock: ClockReading;
  readonly output: readonly TerminalOutput[];
  readonly entries: readonly JournalEntry[];
  /** The picture, if it has changed. */
  readonly view?: ClusterView;
  /** The end of a jump: whether something happened before it gave up. */
  readonly jumped?: boolean;
}

/** Who gets the frames. */
export interface FrameSink {
  frame(frame: Frame): void;
  /** Time stands still until something has been loaded, or goes on again. */
  waits?(waiting: boolean): void;
  /** The engine has thrown; the driver has stopped for good. */
  failed(error: unknown): void;
}
