import type { Process } from '../linux/syscalls.ts';

/** The value of `--name=value` or `--name value`. */
export function flag({ argv }: Process, name: string): string | undefined {
  for (const [index, word] of argv.entries()) {
    if (word === `--${name}`) {
      const next = argv[index + 1];
      return next === undefined || next.startsWith('--') ? 'true' : next;
    }
    if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3);
  }
  return undefined;
}

export function isSet(process: Process, name: string): boolean {
  return flag(process, name) === 'true';
}

/** The path in `unix:///csi/csi.sock`, or a path. */
export function socketPath(address: string): string {
  return address.replace(/^unix:/, '').replace(/^\/+/, '/');
}
