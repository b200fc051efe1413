import type { Process } from '../../linux/syscalls.ts';

/** The address by which others know the machine. */
export function addressOf(process: Process): string {
  const { addresses = [] } = process.networkInterfaces().find(({ name }) => name === 'eth0') ?? {};
  const [first] = addresses;
  return first === undefined ? '' : String(typeof first === 'string' ? first : first.address).replace(/\/.*/, '');
}
