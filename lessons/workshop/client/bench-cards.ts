import { type BenchCard, cardIn } from '../bench-card.ts';
import { pageAt } from './addresses.ts';

/** The benches of this site, in the language of this page. */
export async function readCards(): Promise<readonly BenchCard[]> {
  const response = await fetch(pageAt('workshop/benches.json'));
  const cards = (await response.json()) as readonly BenchCard[];
  return cards.map((card) => cardIn(card, document.documentElement.lang));
}
