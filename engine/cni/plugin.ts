import type { NetworkNamespace } from '../linux/host.ts';

/** What CNI ADD returns. https://github.com/containernetworking/cni/blob/main/SPEC.md */
export interface CniResult {
  readonly interfaceName: string;
  readonly mac: string;
  readonly address: string;
  readonly gateway: string;
}

/** The Container Network Interface as the runtime calls it. */
export interface CniPlugin {
  /** Undefined when ready, else the runtime's words: `cni plugin not initialized`. */
  notReadyReason(): string | undefined;
  /** Gives the sandbox its interface. Throws Error when no address is left. */
  add(sandboxId: string, namespace: NetworkNamespace): CniResult;
  /** Takes it back; may be repeated. */
  del(sandboxId: string, namespace: NetworkNamespace): void;
}
