import { pathPattern } from './path-pattern.ts';
import type { ArmorProfile, FileRule, ProfileRule, Transition } from './profile.ts';

/** What a profile says to a request. */
export interface Answer {
  readonly allowed: boolean;
  /** Refused by a rule that says so: then not even complaining lets it pass, and the log tells only where the rule asks for it. */
  readonly explicit: boolean;
  readonly audit: boolean;
  readonly transition?: Transition;
}

type Matched<R> = Omit<R, 'path'> & { readonly pattern: RegExp };
type NetworkRequest = { readonly family: string; readonly type: string; readonly protocol: string };

/** A profile, ready to be asked. */
export class CompiledProfile {
  readonly profile: ArmorProfile;
  readonly attachment: RegExp | undefined;
  readonly #files: readonly Matched<FileRule>[];

  constructor(profile: ArmorProfile) {
    this.profile = profile;
    this.attachment = profile.attachment === undefined ? undefined : pathPattern(profile.attachment);
    this.#files = profile.rules.flatMap((rule) => {
      if (rule.kind !== 'file') return [];
      const { path, ...rest } = rule;
      return [{ ...rest, pattern: pathPattern(path) }];
    });
  }

  /** @param modes of `rwalmkx`: all of them are wanted */
  file(path: string, modes: string, isOwner: boolean): Answer {
    let missing = modes;
    let denied: Matched<FileRule> | undefined;
    let audit = false;
    let transition: Transition | undefined;
    for (const rule of this.#files) {
      if (rule.owner && !isOwner) continue;
      if (![...modes].some((mode) => has(rule.modes, mode)) || !rule.pattern.test(path)) continue;
      if (rule.deny) denied ??= rule;
      else {
        missing = [...missing].filter((mode) => !has(rule.modes, mode)).join('');
        // What names a path more closely than `file,` comes later in most profiles, and tells how it runs.
        transition = rule.transition ?? transition;
      }
      audit ||= rule.audit && !rule.deny;
    }
    if (denied !== undefined) return { allowed: false, explicit: true, audit: denied.audit };
    return { allowed: missing === '', explicit: false, audit, ...(transition && { transition }) };
  }

  network(request: NetworkRequest): Answer {
    return this.#decide('network', ({ family, type }) => {
      if (family !== undefined && family !== request.family) return false;
      return type === undefined || type === request.type || type === request.protocol;
    });
  }

  capability(name: string): Answer {
    return this.#decide('capability', ({ names }) => names.length === 0 || names.includes(name));
  }

  mount(kind: 'mount' | 'umount'): Answer {
    return this.#decide(kind, () => true);
  }

  #decide<K extends ProfileRule['kind']>(
    kind: K,
    matches: (rule: Extract<ProfileRule, { kind: K }> & ProfileRule) => boolean,
  ): Answer {
    type Rule = Extract<ProfileRule, { kind: K }> & ProfileRule;
    const found = this.profile.rules.filter((rule): rule is Rule => rule.kind === kind && matches(rule as Rule));
    const denied = found.find(({ deny }) => deny);
    if (denied !== undefined) return { allowed: false, explicit: true, audit: denied.audit };
    return { allowed: found.length > 0, explicit: false, audit: found.some((rule) => rule.audit) };
  }
}

/** Who may write may append. */
function has(modes: string, mode: string): boolean {
  return modes.includes(mode) || (mode === 'a' && modes.includes('w'));
}
