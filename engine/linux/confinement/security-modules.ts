import type { Confinement, SeccompProfile } from '../confinement.ts';
import type { Capability } from '../credentials.ts';
import type { Kernel, SecurityModules, TaskStruct } from '../kernel/kernel.ts';
import { SystemCalls } from '../kernel/system-calls.ts';
import type { Process } from '../syscalls.ts';
import { armorExec } from './apparmor/armor-exec.ts';
import { armorGates } from './apparmor/armor-gates.ts';
import { requireArmorMount } from './apparmor/armor-mount.ts';
import { ArmorPolicy } from './apparmor/policy.ts';
import { RUNTIME_PROFILE } from './apparmor/profile.ts';
import { armorSysfs } from './apparmor/sysfs.ts';
import { AuditLog } from './audit.ts';
import { type ConfinedCalls, confinedCalls, type Gate, type Gates } from './confined-calls.ts';
import { SeccompFilter } from './seccomp-filter.ts';
import { requireStart, seccompGates } from './seccomp-gates.ts';
import { seccompProfileOf } from './seccomp-json.ts';

/** The runtime's own profile for what processes may ever be capable of; `undefined` is everything. */
export type DefaultSeccompProfile = (bounding: ReadonlySet<Capability> | undefined) => SeccompProfile;

/** Seccomp and AppArmor of one machine. */
export function createSecurityModules(kernel: Kernel, defaultProfile: DefaultSeccompProfile): SecurityModules {
  const audit = new AuditLog(kernel);
  const policy = new ArmorPolicy(kernel, audit);
  const filters = new WeakMap<Confinement, SeccompFilter>();
  const classes = new WeakMap<Confinement, ConfinedCalls>();
  let armor: Gates | undefined;

  function filterOf(
    confinement: Confinement,
    bounding: ReadonlySet<Capability> | undefined,
  ): SeccompFilter | undefined {
    const { seccomp } = confinement;
    if (seccomp === undefined) return undefined;
    let filter = filters.get(confinement);
    if (filter === undefined) {
      filter = new SeccompFilter(seccomp === 'RuntimeDefault' ? defaultProfile(bounding) : seccomp);
      filters.set(confinement, filter);
    }
    return filter;
  }

  function classFor(confinement: Confinement, bounding: ReadonlySet<Capability> | undefined): ConfinedCalls {
    const filter = filterOf(confinement, bounding);
    const filtered: Gates = filter === undefined ? NO_GATES : seccompGates(filter, () => audit);
    const { appArmor } = confinement;
    // The runtime's own profile refuses only what `requireMount` does, and what is read-only or hidden as it is.
    if (appArmor === undefined || appArmor === RUNTIME_PROFILE) {
      return filtered.size === 0 ? SystemCalls : confinedCalls(filtered);
    }
    armor ??= armorGates(policy);
    return confinedCalls(inTurn(filtered, armor));
  }

  return {
    systemCalls(task: TaskStruct, confinement: Confinement): Process {
      let calls = classes.get(confinement);
      if (calls === undefined) {
        calls = classFor(confinement, task.credentials.bounding);
        classes.set(confinement, calls);
      }
      return new calls(task);
    },
    seccompProfile: seccompProfileOf,
    requireStart(confinement, { bounding }, program) {
      const filter = filterOf(confinement, bounding);
      if (filter !== undefined) requireStart(filter, program);
    },
    afterExec: armorExec(kernel, policy),
    requireMount: (task, operation) => requireArmorMount(policy, task, operation),
    label: (task) => policy.labelText(task),
    sysfs: armorSysfs(kernel, policy),
  };
}

const NO_GATES: Gates = new Map();

/** A system call comes to the filter first, and only then to where it is known what it is about. */
function inTurn(first: Gates, second: Gates): Gates {
  const gates = new Map(first);
  for (const [method, gate] of second) {
    const before: Gate | undefined = first.get(method);
    gates.set(
      method,
      before === undefined
        ? gate
        : (task, args) => {
            before(task, args);
            gate(task, args);
          },
    );
  }
  return gates;
}
