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
  /** Titles in other languages, by the code that pages declare. */
  readonly translations?: Readonly<Record<string, CardTitles>>;
}

interface CardTitles {
  readonly title: string;
  /** Of the checks, by id. */
  readonly checks: Readonly<Record<string, string>>;
}

/** A card with the titles of a language, where there are any. */
export function cardIn(card: BenchCard, language: string): BenchCard {
  const titles = card.translations?.[language];
  if (titles === undefined) return card;
  const checks = card.checks.map((check) => ({ ...check, title: titles.checks[check.id] ?? check.title }));
  return { ...card, title: titles.title, checks };
}

/** The card of a bench: a task of a mock exam (`exam/ID/shared-page`) is its exercise on a cluster of its own. */
export function cardIdOf(benchId: string): string {
  return benchId.replace(/^exam\/[^/]+\//, 'exercise/');
}
