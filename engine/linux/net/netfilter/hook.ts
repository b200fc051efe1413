import type { Random } from '../../../sim/index.ts';
import type { Packet } from './packet.ts';

/** A point of a packet's way through a network stack. */
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** What a hook decided. */
export type HookVerdict = 'ACCEPT' | 'DROP' | { readonly reject: string };

/** What somebody on the way remembers of a connection. */
export interface TrackedFlow {
  /** It was refused: there is none. */
  forget(): void;
  /** The other side has answered what is no connection. */
  answered?(): void;
  /** Both sides have closed it. */
  close(nowMs: number): void;
}

/** What a part of the kernel other than iptables did with a packet, for whoever follows a request. */
export interface Notice {
  readonly table: string;
  readonly chain: string;
  /** From 1 among the rules of the chain; 0 where it has none. */
  readonly number: number;
  readonly packets: number;
  /** What it did, as the tool lists it. */
  readonly text: () => string;
  readonly target?: string;
  /** Whether it went by what it remembered of the client. */
  readonly remembered?: boolean;
  /** Whom it could choose, where it chose, each with its chance. */
  readonly choice?: () => readonly { readonly name: string; readonly probability: number; readonly chosen: boolean }[];
}

/** What a hook may ask of the machine that it is on. */
export interface HookContext {
  readonly nowMs: number;
  readonly random: Random;
  /** Whether an address is one of this network namespace's own. */
  isLocal(address: string): boolean;
  /** The address that packets leave with by an interface. */
  addressOf(interfaceName: string): string;
  /** Called for what others than iptables did. */
  readonly onNotice?: (notice: Notice) => void;
  /** Called when a chain's policy has dropped the packet. */
  readonly onPolicy?: (table: string, chain: string) => void;
  /** Told of what else remembers the flow, until it ends. */
  readonly onFlow?: (flow: TrackedFlow) => void;
}

/** What a part of the kernel other than iptables does with packets at one point of their way. */
export interface PacketHook {
  readonly hook: Hook;
  /** Where it stands among the others: the lower, the earlier. iptables' tables stand from -300 (raw) to 100 (nat). */
  readonly priority: number;
  run(packet: Packet, context: HookContext): HookVerdict;
}

/** The hooks that modules of the kernel have registered in a network namespace. */
export class PacketHooks {
  readonly #byHook = new Map<Hook, readonly PacketHook[]>();

  /** In the order in which a packet meets them. */
  at(hook: Hook): readonly PacketHook[] {
    return this.#byHook.get(hook) ?? NONE;
  }

  /** Puts these in the place of those that the same owner had. */
  replace(before: readonly PacketHook[], now: readonly PacketHook[]): void {
    const hooks = new Set([...before, ...now].map(({ hook }) => hook));
    for (const hook of hooks) {
      const others = this.at(hook).filter((each) => !before.includes(each));
      const all = [...others, ...now.filter((each) => each.hook === hook)];
      this.#byHook.set(
        hook,
        all.sort((one, other) => one.priority - other.priority),
      );
    }
  }
}

const NONE: readonly PacketHook[] = [];
