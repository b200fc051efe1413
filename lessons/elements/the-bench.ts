import type { Bench } from '../bench/bench.ts';
import type { Reference } from '../bench/reference.ts';

/** What the parts of a page may ask of its bench. */
export interface BenchDoor {
  readonly bench: Bench;
  /**
   * Whether the cluster runs on this page, or soon will. Where another tab has it the reader is asked whether to move it
   * here; where it has come to an end they are shown what is said of it.
   */
  runsHere(): Promise<boolean>;
  /** Types a command into a terminal and shows it; `1` unless told. Returns whether it could. */
  runCommand(command: string, terminal?: string): Promise<boolean>;
  /** A terminal that nothing has been typed into, shown and ready; returns its name. */
  spareTerminal(): Promise<string>;
  /** Opens a file in the editor, at a line if told, with a message there. */
  openFile(path: string, line?: number, message?: string): Promise<void>;
  /** Adds lines at the end of a file, unless it ends with them already, and shows them in the editor. */
  addLines(path: string, lines: string): Promise<void>;
  inspect(reference: Reference, container?: string): void;
  /** Shuts the drawer that the bench is on narrow screens. */
  showText(): void;
  /** Asks whether to go back to before the last action. */
  askUndo(): Promise<void>;
  /** Asks whether to start over. */
  askReset(): Promise<void>;
}

let open: (door: BenchDoor) => void;

/** The bench of this page, once it is there. */
export const theBench: Promise<BenchDoor> = new Promise((resolve) => {
  open = resolve;
});

/** Said once, by the bench element itself. */
export function announceBench(door: BenchDoor): void {
  open(door);
}
