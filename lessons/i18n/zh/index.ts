import type { Words } from '../en/index.ts';
import { bench } from './bench.ts';
import { pages } from './pages.ts';

/** Simplified Chinese. */
export const words: Words = { ...pages, ...bench };
