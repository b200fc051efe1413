import type { Task } from '../../sim/index.ts';
import { decode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { linesOf } from './input.ts';

export interface KernelMessage {
  /** Of syslog: 0 (emerg) to 7 (debug). */
  readonly level: number;
  readonly sinceBootMs: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly text: string;
}

/** Milliseconds since 1970, to a hundredth of a second. */
export function bootTimeMs(process: Process): number {
  return process.now() - Number(decode(process.readFile('/proc/uptime')).split(' ')[0]) * 1000;
}

/** What the kernel has said since it booted, as far as its ring buffer goes. Throws Errno where there is no /dev/kmsg. */
export function* kernelMessages(process: Process, bootMs: number): Task<readonly KernelMessage[]> {
  const fd = process.open('/dev/kmsg', { read: true });
  let text = '';
  try {
    for (;;) {
      const data = yield* process.read(fd);
      if (data.length === 0) break;
      text += decode(data);
    }
  } finally {
    process.close(fd);
  }
  return linesOf(text).flatMap((line) => {
    const match = /^(\d+),\d+,(\d+),-;(.*)$/.exec(line);
    if (match === null) return [];
    const sinceBootMs = Number(match[2]) / 1000;
    return [{ level: Number(match[1]), sinceBootMs, timeMs: bootMs + sinceBootMs, text: match[3]! }];
  });
}
