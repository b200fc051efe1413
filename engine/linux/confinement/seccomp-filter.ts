import type { SeccompArgument, SeccompProfile, SeccompRule } from '../confinement.ts';
import { ConfinementError } from '../confinement.ts';

/** What becomes of a system call. */
export interface Verdict {
  readonly kind: 'allow' | 'errno' | 'kill';
  /** Of `errno`. */
  readonly errno: number;
  /** Whether the kernel's log tells of it, and the code that it shows there. */
  readonly logged: boolean;
  readonly code: number;
}

/** A call with its arguments, as far as they are numbers. */
export type CallArguments = readonly (number | undefined)[];

/** https://man7.org/linux/man-pages/man2/seccomp.2.html: the action in the upper half, data in the lower. */
const CODES: Readonly<Record<string, number>> = {
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_TRAP: 0x30000,
  SCMP_ACT_ERRNO: 0x50000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
};

const COMPARISONS: Readonly<Record<string, (value: number, argument: SeccompArgument) => boolean>> = {
  SCMP_CMP_NE: (value, argument) => value !== argument.value,
  SCMP_CMP_LT: (value, argument) => value < argument.value,
  SCMP_CMP_LE: (value, argument) => value <= argument.value,
  SCMP_CMP_EQ: (value, argument) => value === argument.value,
  SCMP_CMP_GE: (value, argument) => value >= argument.value,
  SCMP_CMP_GT: (value, argument) => value > argument.value,
  SCMP_CMP_MASKED_EQ: (value, { value: mask, valueTwo = 0 }) => (BigInt(value) & BigInt(mask)) === BigInt(valueTwo),
};

const ARCHITECTURES = new Set(
  `X86 X86_64 X32 ARM AARCH64 MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 MIPSEL64N32 PPC PPC64 PPC64LE RISCV64 S390 S390X
  LOONGARCH64`
    .split(/\s+/)
    .map((name) => `SCMP_ARCH_${name}`),
);

interface Rule {
  readonly verdict: Verdict;
  readonly args: readonly SeccompArgument[];
}

/** A profile, ready to be asked. Rules with conditions on arguments come before the one without, as libseccomp has it. */
export class SeccompFilter {
  readonly #rules = new Map<string, Rule[]>();
  readonly #otherwise: Verdict;

  /** @throws ConfinementError */
  constructor(profile: SeccompProfile) {
    for (const name of profile.architectures ?? []) {
      if (!ARCHITECTURES.has(name)) throw new ConfinementError(`string ${name} is not a valid arch for seccomp`);
    }
    const logsAll = profile.flags?.includes('SECCOMP_FILTER_FLAG_LOG') === true;
    this.#otherwise = verdictOf(profile.defaultAction, profile.defaultErrnoRet, logsAll);
    for (const rule of profile.syscalls ?? []) this.#add(rule, verdictOf(rule.action, rule.errnoRet, logsAll));
  }

  #add({ names, args = [] }: SeccompRule, verdict: Verdict): void {
    for (const { op } of args) {
      if (!Object.hasOwn(COMPARISONS, op)) {
        throw new ConfinementError(`string ${op} is not a valid operator for seccomp`);
      }
    }
    for (const name of names) {
      const rules = this.#rules.get(name) ?? [];
      const at = args.length === 0 ? rules.length : rules.findIndex((rule) => rule.args.length === 0);
      rules.splice(at === -1 ? rules.length : at, 0, { verdict, args });
      this.#rules.set(name, rules);
    }
  }

  /**
   * @param forms the names of one call, the usual one first: which of them (mkdir, mkdirat) a program makes is a matter of the
   *   C library that it was built with, so that a rule for any of them counts, the first that there is
   */
  decide(forms: readonly string[], values: CallArguments): Verdict {
    for (const form of forms) {
      for (const { args, verdict } of this.#rules.get(form) ?? []) {
        if (args.every((argument) => holds(argument, values))) return verdict;
      }
    }
    return this.#otherwise;
  }

  /** The verdict where it does not depend on arguments. */
  always(forms: readonly string[]): Verdict | undefined {
    const conditional = forms.some((form) => this.#rules.get(form)?.some(({ args }) => args.length > 0));
    return conditional ? undefined : this.decide(forms, []);
  }
}

function holds(argument: SeccompArgument, values: CallArguments): boolean {
  const value = values[argument.index];
  return value !== undefined && COMPARISONS[argument.op]!(value, argument);
}

const EPERM = 1;
const ENOSYS = 38;

function verdictOf(action: string, errnoRet: number | undefined, logsAll: boolean): Verdict {
  if (action === 'SCMP_ACT_NOTIFY') {
    throw new ConfinementError('seccomp: SCMP_ACT_NOTIFY needs an agent that listens, and here is none');
  }
  if (!Object.hasOwn(CODES, action)) throw new ConfinementError(`string ${action} is not a valid action for seccomp`);
  const code = CODES[action]!;
  switch (action) {
    case 'SCMP_ACT_ALLOW':
      return { kind: 'allow', errno: 0, logged: false, code };
    case 'SCMP_ACT_LOG':
      return { kind: 'allow', errno: 0, logged: true, code };
    case 'SCMP_ACT_ERRNO': {
      const errno = errnoRet ?? EPERM;
      return { kind: 'errno', errno, logged: logsAll, code: code + errno };
    }
    // Nobody traces.
    case 'SCMP_ACT_TRACE':
      return { kind: 'errno', errno: ENOSYS, logged: logsAll, code };
    default:
      return { kind: 'kill', errno: 0, logged: true, code };
  }
}
