import { Errno } from '../../errno.ts';
import type { TaskStruct } from '../../kernel/kernel.ts';
import { type ArmorPolicy, labelOf } from './policy.ts';
import { RUNTIME_PROFILE } from './profile.ts';

/** Throws EACCES. The runtime's own profile has `deny mount,` and `umount,`, and so tells nobody. */
export function requireArmorMount(policy: ArmorPolicy, task: TaskStruct, operation: 'mount' | 'umount'): void {
  if (labelOf(task) === RUNTIME_PROFILE) {
    if (operation === 'mount') throw new Errno('EACCES');
    return;
  }
  const profile = policy.profileOf(task);
  if (profile === undefined) return;
  policy.require(task, profile, profile.mount(operation), {
    operation,
    class: 'mount',
    before: 'info="failed perms check" error=-13',
    after: '',
    errno: 'EACCES',
  });
}
