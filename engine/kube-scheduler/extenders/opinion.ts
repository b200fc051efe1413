/** What an extender said about a Pod in one cycle, for whoever asks later why. */
export interface ExtenderOpinion {
  /** Its `urlPrefix`. */
  readonly extender: string;
  /** What it was asked, as the configuration names it. */
  readonly verb: string;
  /** The nodes that it let pass, or on which it agreed to make room. */
  readonly nodes?: readonly string[];
  /** From 0 to 10, if it keeps to the rules. */
  readonly scores?: readonly { readonly host: string; readonly score: number }[];
  /** Why there is no answer. */
  readonly error?: string;
  /** Whether scheduling went on without an answer. */
  readonly ignored?: boolean;
}
