import type { NetworkNamespace } from '../linux/host.ts';

/** What CNI ADD returns. https://github.com/containernetworking/cni/blob/main/SPEC.md */
export interface CniResult {
  readonly interfaceName: string;
  readonly mac: string;
  readonly address: string;
  readonly gateway: string;
}

/** A port of the node that leads to one of the Pod's, as the runtime tells the plugin `portmap`. */
export interface PortMapping {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly hostPort: number;
  /** Only at this address of the node. */
  readonly hostIp?: string | undefined;
  readonly containerPort: number;
}

/** The Container Network Interface as the runtime calls it. */
export interface CniPlugin {
  /** Undefined when ready, else the runtime's words: `cni plugin not initialized`. */
  notReadyReason(): string | undefined;
  /** Gives the sandbox its interface, and the ports that lead to it. Throws Error when no address is left. */
  add(sandboxId: string, namespace: NetworkNamespace, portMappings?: readonly PortMapping[]): CniResult;
  /** Takes it back; may be repeated. */
  del(sandboxId: string, namespace: NetworkNamespace): void;
}
