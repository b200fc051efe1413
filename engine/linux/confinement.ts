import { Errno } from './errno.ts';

// What a process is held to beside its user's rights: a seccomp filter and an AppArmor profile. Its children inherit both.

/** A seccomp profile as the OCI runtime specification writes it, and files for `Localhost` profiles hold it. */
export interface SeccompProfile {
  /** `SCMP_ACT_…` */
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly flags?: readonly string[];
  readonly syscalls?: readonly SeccompRule[];
}

export interface SeccompRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  /** All have to hold. */
  readonly args?: readonly SeccompArgument[];
}

export interface SeccompArgument {
  readonly index: number;
  readonly value: number;
  /** Of SCMP_CMP_MASKED_EQ, what is left under the mask `value`. */
  readonly valueTwo?: number;
  /** `SCMP_CMP_…` */
  readonly op: string;
}

export interface Confinement {
  /** `RuntimeDefault` is the runtime's own, which goes by the capabilities that a process may have. */
  readonly seccomp?: SeccompProfile | 'RuntimeDefault';
  /** The name of an AppArmor profile. */
  readonly appArmor?: string;
}

/** A filter that cannot be made, or one that keeps the runtime itself from starting the process. Its message is runc's. */
export class ConfinementError extends Errno {
  readonly explanation: string;

  constructor(explanation: string) {
    super('EPERM');
    this.explanation = explanation;
  }
}
