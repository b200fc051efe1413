import { systemErrorInWords } from '../system-error.ts';
import { OptionsError } from './server/options.ts';

/** What the system says of addresses. */
const OF_ADDRESSES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already, perhaps this workshop in another window; --port takes another port',
  EADDRNOTAVAIL: 'this machine has no such address; without --host it listens on all that it has',
  ENOTFOUND: 'there is no host of that name',
};

/**
 * An error of the system about something that was asked for, in a sentence; any other error as it is.
 *
 * @param about the option and what was given with it
 */
export function refusalOf(error: unknown, about: string): unknown {
  const sentence = systemErrorInWords(error, OF_ADDRESSES);
  return sentence === undefined ? error : new OptionsError(`${about}: ${sentence}`);
}
