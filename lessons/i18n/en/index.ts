import { bench } from './bench.ts';
import { pages } from './pages.ts';

/** Every word of the site that is not a lesson's. */
export const words = { ...pages, ...bench };

export type Words = typeof words;
