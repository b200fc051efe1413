import { hasCapability } from '../../credentials.ts';
import { Errno } from '../../errno.ts';
import type { Kernel, SecurityModules } from '../../kernel/kernel.ts';
import type { FileSystem } from '../../vfs/filesystem.ts';
import { directoryOf, GeneratedDirectory, GeneratedInode } from '../../vfs/generated.ts';
import type { Inode } from '../../vfs/inode.ts';
import type { ArmorPolicy } from './policy.ts';
import type { ArmorProfile } from './profile.ts';

/**
 * /sys/kernel/security, where a machine has mounted securityfs and a container sees an empty directory, and
 * /sys/module/apparmor. Policy is given to the kernel as JSON where the real one takes what apparmor_parser compiles.
 */
export function armorSysfs(kernel: Kernel, policy: ArmorPolicy): SecurityModules['sysfs'] {
  const made = new WeakMap<FileSystem, Readonly<Record<'kernel' | 'module', Inode>>>();
  return (fs, name) => {
    let trees = made.get(fs);
    if (trees === undefined) {
      trees = { kernel: kernelDirectory(fs, kernel, policy), module: moduleDirectory(fs) };
      made.set(fs, trees);
    }
    return trees[name];
  };
}

function moduleDirectory(fs: FileSystem): Inode {
  const parameters = () =>
    directoryOf(fs, {
      enabled: () => new GeneratedInode(fs, () => 'Y\n'),
      mode: () => new GeneratedInode(fs, () => 'enforce\n'),
    });
  return directoryOf(fs, { apparmor: () => directoryOf(fs, { parameters }) });
}

function kernelDirectory(fs: FileSystem, kernel: Kernel, policy: ArmorPolicy): Inode {
  const security = directoryOf(fs, {
    apparmor: () => armorDirectory(fs, kernel, policy),
    lsm: () => new GeneratedInode(fs, () => 'lockdown,capability,landlock,yama,apparmor'),
  });
  const nothing = directoryOf(fs, {});
  const isMachine = () => (kernel.current ?? kernel.init).namespaces.mnt === kernel.init.namespaces.mnt;
  return new GeneratedDirectory(
    fs,
    (name) => (name === 'security' ? (isMachine() ? security : nothing) : undefined),
    () => ['security'],
  );
}

function armorDirectory(fs: FileSystem, kernel: Kernel, policy: ArmorPolicy): Inode {
  const taking = (accept: (text: string) => void) => () =>
    new GeneratedInode(fs, () => '', {
      mode: 0o666,
      accept(text) {
        const { credentials } = kernel.current ?? kernel.init;
        if (!hasCapability(credentials, 'CAP_MAC_ADMIN')) throw new Errno('EACCES');
        accept(text);
      },
    });
  return directoryOf(fs, {
    profiles: () =>
      new GeneratedInode(fs, () =>
        policy
          .list()
          .map(({ name, mode }) => `${name} (${mode})\n`)
          .join(''),
      ),
    '.load': taking((text) => policy.load(profileOf(text), false)),
    '.replace': taking((text) => policy.load(profileOf(text), true)),
    '.remove': taking((text) => policy.remove(text.trim())),
  });
}

/** Throws EINVAL. Who may load policy may do anything, so that what is in it is taken on trust. */
function profileOf(text: string): ArmorProfile {
  try {
    const profile = JSON.parse(text) as ArmorProfile;
    if (typeof profile.name !== 'string' || !Array.isArray(profile.rules)) throw new Errno('EINVAL');
    return profile;
  } catch {
    throw new Errno('EPERM');
  }
}
