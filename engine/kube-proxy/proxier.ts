import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import type { ProxyMode } from './configuration.ts';
import type { ProxyState } from './proxy-state.ts';

/** A figure of `/metrics`. */
export interface Figure {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly { readonly labels?: string; readonly value: number }[];
}

/** What makes Services work on a node, in one of the ways that there are. */
export interface Proxier {
  readonly mode: ProxyMode;
  /** Brings the kernel in step. Returns why it failed, or undefined. */
  sync(process: Process, state: ProxyState): Task<string | undefined>;
  /** Whether what was written is still there; if not, the next sync begins from the ground. */
  check(process: Process): Task<boolean>;
  readonly figures: readonly Figure[];
  /** Lets go of what it holds besides the kernel's rules. */
  stop?(process: Process): void;
}

/** The proxiers that only some clusters have: they are loaded late. */
export type OtherModes = (mode: Exclude<ProxyMode, 'iptables'>) => Proxier;
