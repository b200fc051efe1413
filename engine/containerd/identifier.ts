import type { Random } from '../sim/index.ts';

/** A container or sandbox id: 64 hexadecimal digits. */
export function containerId(random: Random): string {
  return random.hex(8);
}
