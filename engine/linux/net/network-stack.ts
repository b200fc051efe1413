import type { Attachment } from './attachment.ts';
import type { Fabric } from './fabric.ts';

/** A network namespace as its sockets see it. */
export interface NetworkStack extends Attachment {
  readonly fabric: Fabric;
  /** The address that a packet to `address` comes from. */
  sourceFor(address: string): string;
  /** Somebody was spoken to, or in vain: the neighbour table takes note. */
  note(address: string, answered?: boolean): void;
}
