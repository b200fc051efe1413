import { decode, fail, print, readAll } from '../stdio.ts';
import { program, Usage } from './program.ts';

/** Beyond this a trial division would take too long. */
const LARGEST = 2 ** 40;

/** factor(1): a number's primes. */
export const factor = program(function* (process, args, flavour) {
  const texts = args.length > 0 ? args : decode(yield* readAll(process, 0)).split(/\s+/);
  let status = 0;
  for (const text of texts) {
    if (text === '') continue;
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number <= LARGEST)) {
      if (flavour === 'busybox') throw new Usage();
      status = yield* fail(
        process,
        `‘${text}’ is ${/^\d+$/.test(text) ? 'too large' : 'not a valid positive integer'}`,
      );
      continue;
    }
    const primes = primesOf(number);
    yield* process.compute(1 + Math.sqrt(number) / 10_000);
    yield* print(process, `${number}:${primes.map((prime) => ` ${prime}`).join('')}\n`);
  }
  return status;
});

function primesOf(number: number): number[] {
  const primes: number[] = [];
  let rest = number;
  for (let divisor = 2; divisor * divisor <= rest; divisor++) {
    while (rest % divisor === 0) {
      primes.push(divisor);
      rest /= divisor;
    }
  }
  if (rest > 1) primes.push(rest);
  return primes;
}
