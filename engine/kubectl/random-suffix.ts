import type { Process } from '../linux/syscalls.ts';
import { hash32 } from '../sim/index.ts';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;

/** Five letters that differ from run to run, as `k8s.io/apimachinery/pkg/util/rand` draws them. */
export function randomSuffix(process: Process): string {
  const draw = (index: number) => hash32(`${process.pid} ${process.now()}`, index) % ALPHABET.length;
  return Array.from({ length: SUFFIX_LENGTH }, (_, index) => ALPHABET[draw(index)]).join('');
}
