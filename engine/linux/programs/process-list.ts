import { Errno } from '../errno.ts';
import { decode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';

/** A process as /proc shows it. */
export interface ListedProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly uid: number;
  /** `S`, `R`, `Z`, `T` */
  readonly state: string;
  readonly group: number;
  readonly session: number;
  /** 0 without a terminal. */
  readonly terminal: number;
  readonly foreground: boolean;
  /** Ends of arguments by NUL in /proc; here separated by blanks. */
  readonly command: string;
  readonly name: string;
  readonly cpuMs: number;
  /** After the machine's boot. */
  readonly startedMs: number;
  readonly memoryBytes: number;
}

export function listProcesses(process: Process): ListedProcess[] {
  const listed: ListedProcess[] = [];
  for (const { name } of process.readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const one = readProcess(process, Number(name));
    if (one !== undefined) listed.push(one);
  }
  return listed.sort((a, b) => a.pid - b.pid);
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function readProcess(process: Process, pid: number): ListedProcess | undefined {
  try {
    const stat = decode(process.readFile(`/proc/${pid}/stat`));
    const close = stat.lastIndexOf(')');
    const name = stat.slice(stat.indexOf('(') + 1, close);
    const fields = stat
      .slice(close + 2)
      .trim()
      .split(' ');
    const command = decode(process.readFile(`/proc/${pid}/cmdline`))
      .replace(/\0$/, '')
      .replaceAll('\0', ' ');
    return {
      pid,
      name,
      state: fields[0]!,
      parentPid: Number(fields[1]),
      group: Number(fields[2]),
      session: Number(fields[3]),
      terminal: Number(fields[4]),
      foreground: fields[5] === fields[2],
      cpuMs: Number(fields[11]) * 10,
      startedMs: Number(fields[19]) * 10,
      memoryBytes: Number(fields[21]) * 4096,
      uid: process.stat(`/proc/${pid}`).uid,
      command,
    };
  } catch (error) {
    // It ended in between.
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

export function uptimeMs(process: Process): number {
  try {
    return Number(decode(process.readFile('/proc/uptime')).split(' ')[0]) * 1000;
  } catch (error) {
    if (error instanceof Errno) return 0;
    throw error;
  }
}

export interface MemoryInfo {
  readonly totalKiB: number;
  readonly freeKiB: number;
}

export function memoryInfo(process: Process): MemoryInfo {
  const text = decode(process.readFile('/proc/meminfo'));
  const value = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { totalKiB: value('MemTotal'), freeKiB: value('MemFree') };
}
