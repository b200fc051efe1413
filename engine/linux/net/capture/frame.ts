/** What passed an interface. */
export interface Frame {
  /** Milliseconds since 1970, with fractions. */
  readonly wallMs: number;
  readonly interfaceName: string;
  readonly interfaceIndex: number;
  /** `P` is what passes by: a bridge's port hears also what is not for itself. */
  readonly direction: 'In' | 'Out' | 'P' | 'B';
  readonly sourceMac: string;
  readonly destinationMac: string;
  readonly etherType: number;
  /** What follows the link's header. */
  readonly payload: Uint8Array;
}

export interface PacketSocketOptions {
  /** All of the network namespace's unless told. */
  readonly interfaceName: string | undefined;
  /** What is asked before a frame is kept, as a filter in the kernel (SO_ATTACH_FILTER). */
  readonly accepts: (frame: Frame) => boolean;
}

/** Makes the kernel's part of listening, a `Capture` of a `Fabric`; system calls do not know what either is. */
export type CaptureLoader = (fabric: never) => object;
