// AppArmor profiles as the kernel has them. https://gitlab.com/apparmor/apparmor/-/wikis/QuickProfileLanguage

export type ProfileMode = 'enforce' | 'complain' | 'kill' | 'unconfined';

/** What happens to the profile when a program is executed: it stays, another one takes over, or none. */
export interface Transition {
  readonly to: 'inherit' | 'profile' | 'unconfined';
  /** What counts where that profile is not loaded; nothing may be executed unless told. */
  readonly otherwise?: 'inherit' | 'unconfined';
  /** The profile's name, where it is not the one that the program's path is attached to. */
  readonly target?: string;
}

interface Qualified {
  readonly deny: boolean;
  /** The log tells also of what is allowed, or refused by a rule that would do so without a word. */
  readonly audit: boolean;
}

export interface FileRule extends Qualified {
  readonly kind: 'file';
  /** Only files of the user that the process runs as. */
  readonly owner: boolean;
  /** A pattern over whole paths; those of directories end with a slash. */
  readonly path: string;
  /** Of `rwaklmx`. */
  readonly modes: string;
  readonly transition?: Transition;
}

interface CapabilityRule extends Qualified {
  readonly kind: 'capability';
  /** In small letters without `cap_`; empty: all. */
  readonly names: readonly string[];
}

interface NetworkRule extends Qualified {
  readonly kind: 'network';
  /** `inet`; all unless told. */
  readonly family?: string;
  /** `stream`, `dgram`, `raw`, or a protocol: `tcp`, `udp`, `icmp`; all unless told. */
  readonly type?: string;
}

interface MountRule extends Qualified {
  readonly kind: 'mount' | 'umount';
}

export type ProfileRule = FileRule | CapabilityRule | NetworkRule | MountRule;

export interface ArmorProfile {
  readonly name: string;
  /** The programs that it is for, a pattern over their paths. */
  readonly attachment?: string;
  readonly mode: ProfileMode;
  readonly rules: readonly ProfileRule[];
}

/** The profile of containers that ask for none; the runtime makes it. */
export const RUNTIME_PROFILE = 'cri-containerd.apparmor.d';
