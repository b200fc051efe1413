import { words } from '../page-words.ts';
import type { WorkshopError } from './api.ts';

/** What the server answered, in the reader's language where we have it there. */
export function refusalText({ code, message, more }: WorkshopError): string {
  const text = words.refusals[code];
  return text === undefined ? message : text.replace('{wait}', String(more['wait'] ?? 60));
}
