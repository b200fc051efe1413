import type { Random } from '../sim/index.ts';

/** A container or sandbox id: 64 hexadecimal digits. */
export function containerId(random: Random): string {
  let id = '';
  for (let word = 0; word < 8; word++) id += random.uint32().toString(16).padStart(8, '0');
  return id;
}
