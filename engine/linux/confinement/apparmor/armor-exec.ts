import type { Confinement } from '../../confinement.ts';
import type { Credentials } from '../../credentials.ts';
import { Errno } from '../../errno.ts';
import type { Kernel, SecurityModules } from '../../kernel/kernel.ts';
import { type Lookup, lookup, type PathContext, pathOf } from '../../vfs/path.ts';
import type { CompiledProfile } from './compiled-profile.ts';
import type { ArmorPolicy } from './policy.ts';
import { RUNTIME_PROFILE, type Transition } from './profile.ts';

/**
 * What executing a program does to the profile of a process. One that has none gets the profile that is attached to the
 * program's path; another needs a rule, which tells what comes then.
 */
export function armorExec(kernel: Kernel, policy: ArmorPolicy): SecurityModules['afterExec'] {
  return (context, path, credentials) => {
    const label = credentials.confinement?.appArmor;
    if (label === RUNTIME_PROFILE) return credentials;
    if (label === undefined) {
      if (!policy.hasAttachments) return credentials;
      const attached = policy.attachedTo(pathIn(context, path));
      return attached === undefined ? credentials : withProfile(credentials, attached.profile.name);
    }
    const task = kernel.current;
    // The runtime puts a container under its profile as it starts, and asks nobody.
    if (task === undefined || task.credentials.confinement?.appArmor !== label) return credentials;
    const profile = policy.profileOf(task);
    if (profile === undefined) return credentials;
    const name = pathIn(context, path);
    const answer = profile.file(name, 'x', true);
    policy.require(task, profile, answer, {
      operation: 'exec',
      class: 'file',
      before: `name="${name}"`,
      after: `requested_mask="x" denied_mask="x" fsuid=${credentials.uid} ouid=0`,
      errno: 'EACCES',
    });
    return change(policy, profile, credentials, name, answer.transition);
  };
}

function pathIn(context: PathContext, path: string): string {
  const found: Lookup = lookup(context, path);
  return `${pathOf(context.root, found.parent)}/${found.name}`.replace(/^\/\//, '/');
}

function change(
  policy: ArmorPolicy,
  { profile }: CompiledProfile,
  credentials: Credentials,
  path: string,
  transition: Transition | undefined,
): Credentials {
  if (transition === undefined || transition.to === 'inherit') return credentials;
  if (transition.to === 'unconfined') return withProfile(credentials, undefined);
  const next = transition.target === undefined ? policy.attachedTo(path) : policy.find(transition.target);
  if (next !== undefined) return withProfile(credentials, next.profile.name);
  if (transition.otherwise === 'unconfined') return withProfile(credentials, undefined);
  if (transition.otherwise === 'inherit' || profile.mode === 'complain') return credentials;
  throw new Errno('EACCES');
}

function withProfile(credentials: Credentials, appArmor: string | undefined): Credentials {
  const seccomp = credentials.confinement?.seccomp;
  const confinement: Confinement = { ...(seccomp && { seccomp }), ...(appArmor && { appArmor }) };
  return { ...credentials, confinement: seccomp === undefined && appArmor === undefined ? undefined : confinement };
}
