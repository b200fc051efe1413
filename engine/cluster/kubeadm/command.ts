import type { FlagSpecs, Flags } from '../../linux/programs/go/flags.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { Connect } from '../component/asker.ts';
import type { EtcdMembers } from '../etcd/etcd-server.ts';
import type { ClusterKey } from '../pki/cluster-keys.ts';
import type { Release } from '../versions.ts';

/** What kubeadm cannot do by its process alone. */
export interface KubeadmSurroundings {
  /** Its own, and that of the clusters it makes. */
  readonly release: Release;
  /** The way to the API server from its machine. */
  readonly connect: Connect;
  /** Who is a member of the cluster's etcd, for whoever has its certificates. */
  readonly etcd: () => EtcdMembers;
  /** What the cluster's CA signs with, for whoever has its key's file. */
  readonly authority: ClusterKey;
}

/** A command line that has been read. */
export interface Asked {
  readonly process: Process;
  readonly flags: Flags;
  readonly args: readonly string[];
  readonly surroundings: KubeadmSurroundings;
  /** The cluster's controlPlaneEndpoint, where that has been read. */
  readonly endpoint?: string;
}

/** A command of the tree: it does something, or has others below it. */
export interface Command {
  readonly name: string;
  /** What may stand after its name: `[token]`. */
  readonly operands?: string;
  readonly short: string;
  readonly long?: string;
  readonly flags?: FlagSpecs;
  /** How many arguments it takes: none unless told. */
  readonly maxArgs?: number;
  readonly run?: (asked: Asked) => Task<void>;
  /** Whether it knows what to say instead of doing it (`--dry-run`). */
  readonly dryRun?: true;
  /** What the real one does here that this one does not: the command only says so. */
  readonly missing?: string;
  readonly commands?: readonly Command[];
}

/** What ends the program; the message is what stands after `error: `. */
export class KubeadmError extends Error {
  override readonly name = 'KubeadmError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** An error in a phase of a longer work. */
export function phaseError(phase: string, message: string): KubeadmError {
  return new KubeadmError(`error execution phase ${phase}: ${message}`);
}

/** There is such a thing in the real one, and not here. */
export function notHere(what: string): KubeadmError {
  return new KubeadmError(`${what} is not simulated here`);
}
