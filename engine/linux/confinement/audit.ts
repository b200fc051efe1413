import type { Kernel, TaskStruct } from '../kernel/kernel.ts';
import { commandName } from '../kernel/proc/status-text.ts';
import type { Verdict } from './seccomp-filter.ts';
import { SYSTEM_CALL_NUMBERS } from './system-call-numbers.ts';

/** What printk_ratelimit lets through: so many lines, and then none until the time is over. */
const BURST = 10;
const INTERVAL_MS = 5000;

/** AUDIT_ARCH_X86_64 */
const ARCHITECTURE = 'c000003e';
const SIGSYS = 31;
/** No login, no session. */
const UNSET = 4294967295;
/** Of the first record of a kernel. */
const FIRST_SERIAL = 2;

/**
 * The kernel's audit records. Without an audit daemon they go to the kernel's log, no more of them than ten in five seconds: a
 * profile that logs every call would leave nothing else there.
 * https://github.com/torvalds/linux/blob/master/kernel/audit.c
 */
export class AuditLog {
  readonly #kernel: Kernel;
  #serial = FIRST_SERIAL;
  #since = Number.NEGATIVE_INFINITY;
  #printed = 0;
  #suppressed = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** SECCOMP records: type 1326. */
  systemCall(task: TaskStruct, name: string, { kind, code }: Verdict): void {
    const { uid, gid } = task.credentials;
    const number = SYSTEM_CALL_NUMBERS[name] ?? 0;
    this.add(
      1326,
      `auid=${UNSET} uid=${uid} gid=${gid} ses=${UNSET} subj=${task.credentials.confinement?.appArmor ?? 'unconfined'} ` +
        `pid=${task.hostPid} comm="${commandName(task)}" exe="${task.executable ?? ''}" sig=${kind === 'kill' ? SIGSYS : 0} ` +
        `arch=${ARCHITECTURE} syscall=${number} compat=0 ip=0x${(0x400000 + number * 16).toString(16)} code=0x${code.toString(16)}`,
    );
  }

  add(type: number, text: string): void {
    const serial = this.#serial++;
    const { sim, log } = this.#kernel;
    if (sim.nowMs - this.#since >= INTERVAL_MS) {
      if (this.#suppressed > 0) log.add(`kauditd_printk_skb: ${this.#suppressed} callbacks suppressed`, 4);
      this.#since = sim.nowMs;
      this.#printed = 0;
      this.#suppressed = 0;
    }
    if (this.#printed === BURST) {
      this.#suppressed += 1;
      return;
    }
    this.#printed += 1;
    const seconds = (sim.wallMs / 1000).toFixed(3);
    log.add(`audit: type=${type} audit(${seconds}:${serial}): ${text}`, 5);
  }
}
