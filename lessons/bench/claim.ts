/**
 * The right of one tab to run a bench. Two tabs that drove the same journal would tear it apart, so the second one waits
 * until the first lets go or it is told to take over.
 */
export interface Claim {
  /** Tries to get the bench. Returns whether it is ours. */
  get(): Promise<boolean>;
  /** Asks the tab that has it to let go; takes it by force if no answer comes. */
  takeOver(): Promise<boolean>;
  /** Lets go without being asked. */
  release(): void;
}
