import type { Packet } from './packet.ts';
import type { Hook } from './ruleset.ts';
import type { HookVerdict, WalkContext } from './walk.ts';

/** What a part of the kernel other than iptables does with packets at one point of their way. */
export interface PacketHook {
  readonly hook: Hook;
  /** Where it stands among the others: the lower, the earlier. iptables' tables stand from -300 (raw) to 100 (nat). */
  readonly priority: number;
  run(packet: Packet, context: WalkContext): HookVerdict;
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
