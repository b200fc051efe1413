/** How a learner stands, as a learning management system is told. */
export interface Standing {
  /** Between 0 and 1. */
  readonly score: number;
  /** All of it is done. */
  readonly completed: boolean;
  /** The score is at the mark from which it is enough. */
  readonly passed: boolean;
  /** The learner has asked for a judgement and got one. */
  readonly judged: boolean;
}

/** A learning management system around the page: what SCORM and cmi5 have in common. */
export interface Lms {
  /** What was kept there when the page was last open; undefined where that was never. */
  readonly kept: string | undefined;
  /** The longest text that is kept, in characters. */
  readonly room: number;
  /** From which score on it is passed, if that was said to the system. */
  readonly passMark: number | undefined;
  /** The learner only looks, or looks again: nothing may be reported. */
  readonly looking: boolean;
  /** Where the learner goes when they are done; undefined where the system closes the window itself. */
  readonly returnUrl: string | undefined;
  /** Says how the learner stands. Returns at once. */
  report(standing: Standing): void;
  /** Keeps a text until the page is opened again. Returns at once. */
  keep(text: string): void;
  /** Says good-bye, as the page closes: nothing that takes time is waited for. */
  end(standing: Standing): void;
  /** Tells whether what was said last was taken. */
  onTrouble(listener: (refused: boolean) => void): void;
}

/** A system that is there and does not work; the message says why. */
export class LmsError extends Error {}
