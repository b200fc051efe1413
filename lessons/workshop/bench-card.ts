/** What the server knows of a bench of this build: `workshop/benches.json` of the built site. */
export interface BenchCard {
  /** `lesson/pause-container`, `exercise/shared-page` */
  readonly id: string;
  readonly title: string;
  /** Of the page that shows it, below the site's base. */
  readonly path: string;
  /** See `bench-version.ts`; one for each language whose files differ. */
  readonly versions: readonly string[];
  readonly minutes: number;
  readonly checks: readonly { readonly id: string; readonly title: string; readonly points?: number }[];
  /** The exercise that the graders grade. */
  readonly exercise?: string;
  /** Which of the exercise's variants; the first is 1. */
  readonly variant?: number;
}
