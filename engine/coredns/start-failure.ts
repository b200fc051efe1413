import { Errno } from '../linux/errno.ts';
import { CorefileError } from './corefile.ts';

/** What CoreDNS says when it cannot start; whatever else was thrown is thrown on. */
export function startFailure(error: unknown): string {
  if (error instanceof CorefileError) return error.message;
  if (!(error instanceof Errno)) throw error;
  return `Listen: listen tcp :53: bind: ${error.message.toLowerCase()}`;
}
