import { decode, print } from '../stdio.ts';
import { countOf, getOptions } from './options.ts';
import { program } from './program.ts';

/** https://man7.org/linux/man-pages/man1/uuidgen.1.html */
export const uuidgen = program(function* (process, args) {
  const options = getOptions(args, { letters: 'rtC:', long: { random: 'r', time: 't', count: 'C' } });
  const count = countOf(options.value('C') ?? '1');
  for (let at = 0; at < count; at++) yield* print(process, decode(process.readFile('/proc/sys/kernel/random/uuid')));
  return 0;
});
