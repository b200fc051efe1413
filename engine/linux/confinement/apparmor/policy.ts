import { Errno } from '../../errno.ts';
import type { Kernel, TaskStruct } from '../../kernel/kernel.ts';
import { commandName } from '../../kernel/proc/status-text.ts';
import type { AuditLog } from '../audit.ts';
import { type Answer, CompiledProfile } from './compiled-profile.ts';
import { type ArmorProfile, RUNTIME_PROFILE } from './profile.ts';
import { readProfiles } from './profile-files.ts';

/** Of what a process wants, as the log tells of it. */
export interface Request {
  readonly operation: string;
  /** `file`, `net`, `cap`, `mount` */
  readonly class: string;
  /** The fields that come after the profile, as they are written: `name="/etc/shadow"`. */
  readonly before: string;
  /** And those after the command. */
  readonly after: string;
  /** What it is refused with. */
  readonly errno: 'EACCES' | 'EPERM';
}

const AUDIT_APPARMOR = 1400;

/**
 * The profiles that a kernel has loaded, and what comes of asking them. They are gone when the machine goes down; as it comes
 * up again, those in /etc/apparmor.d are loaded, which apparmor.service does on a real one.
 */
export class ArmorPolicy {
  readonly #kernel: Kernel;
  readonly #audit: AuditLog;
  #loaded = new Map<string, CompiledProfile>();
  #generation = 0;

  constructor(kernel: Kernel, audit: AuditLog) {
    this.#kernel = kernel;
    this.#audit = audit;
  }

  get #profiles(): Map<string, CompiledProfile> {
    if (this.#generation !== this.#kernel.generation) {
      this.#generation = this.#kernel.generation;
      this.#loaded = new Map();
      for (const profile of readProfiles(this.#kernel.init.process)) {
        this.#loaded.set(profile.name, new CompiledProfile(profile));
      }
    }
    return this.#loaded;
  }

  find(name: string): CompiledProfile | undefined {
    return this.#profiles.get(name);
  }

  get hasAttachments(): boolean {
    for (const { attachment } of this.#profiles.values()) if (attachment !== undefined) return true;
    return false;
  }

  /** The profile for a program, by what it is attached to; of several the one with the longest pattern. */
  attachedTo(path: string): CompiledProfile | undefined {
    let found: CompiledProfile | undefined;
    for (const each of this.#profiles.values()) {
      if (each.attachment?.test(path) !== true) continue;
      if ((found?.profile.attachment ?? '').length < each.profile.attachment!.length) found = each;
    }
    return found;
  }

  /** Throws EEXIST. */
  load(profile: ArmorProfile, replace: boolean): void {
    const known = this.#profiles.has(profile.name);
    if (known && !replace) throw new Errno('EEXIST');
    this.#profiles.set(profile.name, new CompiledProfile(profile));
    this.#tell(known ? 'profile_replace' : 'profile_load', profile.name);
  }

  /** Throws ENOENT. What runs under it is unconfined from then on. */
  remove(name: string): void {
    if (!this.#profiles.delete(name)) throw new Errno('ENOENT');
    this.#tell('profile_remove', name);
  }

  /** As /sys/kernel/security/apparmor/profiles shows them, the newest first. */
  list(): readonly { readonly name: string; readonly mode: string }[] {
    const all = [...this.#profiles.values()].map(({ profile: { name, mode } }) => ({ name, mode: String(mode) }));
    const runtimeHas = [...this.#kernel.tasks].some((task) => labelOf(task) === RUNTIME_PROFILE);
    if (runtimeHas && !this.#profiles.has(RUNTIME_PROFILE)) all.unshift({ name: RUNTIME_PROFILE, mode: 'enforce' });
    return all.reverse();
  }

  /** `k8s-apparmor-example-deny-write (enforce)` */
  labelText(task: TaskStruct): string {
    const label = labelOf(task);
    if (label === undefined) return 'unconfined';
    const mode = label === RUNTIME_PROFILE ? 'enforce' : this.find(label)?.profile.mode;
    return mode === undefined || mode === 'unconfined' ? 'unconfined' : `${label} (${mode})`;
  }

  /** The profile that a process is held to; undefined: none that refuses anything. */
  profileOf(task: TaskStruct): CompiledProfile | undefined {
    const label = labelOf(task);
    const found = label === undefined ? undefined : this.find(label);
    return found?.profile.mode === 'unconfined' ? undefined : found;
  }

  /** Throws Errno where it is refused, and tells the log what it has to know. */
  require(task: TaskStruct, { profile }: CompiledProfile, answer: Answer, request: Request): void {
    if (answer.allowed) {
      if (answer.audit) this.#log('AUDIT', task, profile.name, request);
      return;
    }
    const complains = profile.mode === 'complain' && !answer.explicit;
    if (!answer.explicit || answer.audit) this.#log(complains ? 'ALLOWED' : 'DENIED', task, profile.name, request);
    if (!complains) throw new Errno(request.errno);
  }

  #log(verdict: string, task: TaskStruct, profile: string, request: Request): void {
    const { operation, before, after } = request;
    this.#audit.add(
      AUDIT_APPARMOR,
      `apparmor="${verdict}" operation="${operation}" class="${request.class}" profile="${profile}"${before && ` ${before}`} ` +
        `pid=${task.hostPid} comm="${commandName(task)}"${after && ` ${after}`}`,
    );
  }

  #tell(operation: string, name: string): void {
    const { current } = this.#kernel;
    const who = current === undefined ? '' : ` pid=${current.hostPid} comm="${commandName(current)}"`;
    this.#audit.add(
      AUDIT_APPARMOR,
      `apparmor="STATUS" operation="${operation}" profile="unconfined" name="${name}"${who}`,
    );
  }
}

export function labelOf({ credentials }: TaskStruct): string | undefined {
  return credentials.confinement?.appArmor;
}
