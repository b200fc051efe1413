import { hasCapability } from '../../credentials.ts';
import { Errno } from '../../errno.ts';
import type { NetNamespace } from '../../net/network-namespace.ts';
import type { FileSystem } from '../../vfs/filesystem.ts';
import { directoryOf, GeneratedInode } from '../../vfs/generated.ts';
import type { Inode } from '../../vfs/inode.ts';
import type { Kernel, TaskStruct } from '../kernel.ts';
import { hostnameOf, setHostname } from '../namespace-calls.ts';
import type { IpcNamespace } from '../namespaces.ts';
import { KERNEL_RELEASE, KERNEL_VERSION } from '../release.ts';

// /proc/sys. Only what the comments name has an effect; the others can be read and set. https://docs.kernel.org/admin-guide/sysctl/

/** Of the network namespace. */
const NETWORK: Readonly<Record<string, string>> = {
  'core.rmem_default': '212992',
  'core.rmem_max': '212992',
  // Connections that wait for accept(2).
  'core.somaxconn': '4096',
  'core.wmem_default': '212992',
  'core.wmem_max': '212992',
  'ipv4.conf.all.forwarding': '1',
  'ipv4.conf.all.rp_filter': '0',
  'ipv4.conf.default.rp_filter': '0',
  'ipv4.ip_default_ttl': '64',
  'ipv4.ip_forward': '1',
  // Ports that are given out to whoever asks for any.
  'ipv4.ip_local_port_range': '32768\t60999',
  // The first port that needs no CAP_NET_BIND_SERVICE.
  'ipv4.ip_unprivileged_port_start': '1024',
  'ipv4.ping_group_range': '0\t2147483647',
  'ipv4.tcp_fin_timeout': '60',
  'ipv4.tcp_keepalive_intvl': '75',
  'ipv4.tcp_keepalive_probes': '9',
  'ipv4.tcp_keepalive_time': '7200',
  'ipv4.tcp_max_syn_backlog': '1024',
  'ipv4.tcp_rmem': '4096\t131072\t6291456',
  'ipv4.tcp_syn_retries': '6',
  'ipv4.tcp_syncookies': '1',
  'ipv4.tcp_tw_reuse': '2',
  'ipv4.tcp_wmem': '4096\t16384\t4194304',
  'netfilter.nf_conntrack_max': '131072',
};

/** Of the ipc namespace. */
const IPC: Readonly<Record<string, string>> = {
  'kernel.msgmax': '8192',
  'kernel.msgmnb': '16384',
  'kernel.msgmni': '32000',
  'kernel.sem': '32000\t1024000000\t500\t32000',
  'kernel.shm_rmid_forced': '0',
  'kernel.shmall': '18446744073692774399',
  'kernel.shmmax': '18446744073692774399',
  'kernel.shmmni': '4096',
  'fs.mqueue.msg_max': '10',
  'fs.mqueue.queues_max': '256',
};

/** Of the machine. */
const MACHINE: Readonly<Record<string, string>> = {
  'fs.file-max': '9223372036854775807',
  'fs.inotify.max_queued_events': '16384',
  'fs.inotify.max_user_instances': '128',
  'fs.inotify.max_user_watches': '65536',
  'fs.nr_open': '1048576',
  'kernel.core_pattern': 'core',
  'kernel.panic': '10',
  'kernel.panic_on_oops': '1',
  'kernel.pid_max': '4194304',
  'kernel.printk': '4\t4\t1\t7',
  'kernel.threads-max': '63213',
  'vm.max_map_count': '1048576',
  'vm.overcommit_memory': '1',
  'vm.panic_on_oom': '0',
  'vm.swappiness': '60',
};

interface Leaf {
  readonly read: () => string;
  readonly write?: (text: string) => void;
}

/** The directory that is /proc/sys for whoever looks. */
export function sysctlDirectory(kernel: Kernel, fs: FileSystem): Inode {
  const reader = () => kernel.current ?? kernel.init;
  const leaves = new Map<string, Leaf>();
  for (const [name, value] of Object.entries(NETWORK)) leaves.set(`net.${name}`, networkLeaf(reader, name, value));
  for (const [name, value] of Object.entries(IPC)) leaves.set(name, ipcLeaf(reader, name, value));
  for (const [name, value] of Object.entries(MACHINE)) leaves.set(name, machineLeaf(kernel, reader, name, value));
  for (const [name, read] of Object.entries(facts(kernel))) leaves.set(name, { read });
  leaves.set('kernel.hostname', {
    read: () => hostnameOf(reader()),
    write: (text) => setHostname(reader(), text),
  });
  return treeOf(fs, leaves);
}

function facts(kernel: Kernel): Readonly<Record<string, () => string>> {
  return {
    'kernel.cap_last_cap': () => '40',
    'kernel.domainname': () => '(none)',
    'kernel.ngroups_max': () => '65536',
    'kernel.osrelease': () => KERNEL_RELEASE,
    'kernel.ostype': () => 'Linux',
    'kernel.overflowuid': () => '65534',
    'kernel.random.boot_id': () => kernel.bootId,
    'kernel.random.entropy_avail': () => '256',
    'kernel.random.uuid': () => kernel.sim.random(`uuid/${kernel.name}`).uuid(),
    'kernel.version': () => KERNEL_VERSION,
  };
}

function networkLeaf(reader: () => TaskStruct, name: string, value: string): Leaf {
  const network = () => reader().namespaces.net as NetNamespace;
  return {
    read: () => network().sysctl(name) ?? value,
    write: (text) => {
      if (!hasCapability(reader().credentials, 'CAP_NET_ADMIN')) throw new Errno('EPERM');
      network().setSysctl(name, checked(text, value));
    },
  };
}

function ipcLeaf(reader: () => TaskStruct, name: string, value: string): Leaf {
  const ipc = () => reader().namespaces.ipc as IpcNamespace;
  return {
    read: () => ipc().sysctls?.get(name) ?? value,
    write: (text) => {
      if (!hasCapability(reader().credentials, 'CAP_SYS_ADMIN')) throw new Errno('EPERM');
      ipc().setSysctl(name, checked(text, value));
    },
  };
}

function machineLeaf(kernel: Kernel, reader: () => TaskStruct, name: string, value: string): Leaf {
  return {
    read: () => kernel.sysctls.get(name) ?? value,
    write: (text) => {
      const { credentials, namespaces } = reader();
      const outside = namespaces.user === kernel.init.namespaces.user;
      if (!outside || credentials.uid !== 0) throw new Errno('EPERM');
      kernel.sysctls.set(name, checked(text, value));
    },
  };
}

/** Where numbers are expected only as many numbers will do. */
function checked(text: string, like: string): string {
  const value = text.trim();
  if (!/^[\d\t]+$/.test(like)) return value;
  const numbers = value.split(/\s+/);
  if (numbers.length !== like.split('\t').length || numbers.some((number) => !/^-?\d+$/.test(number))) {
    throw new Errno('EINVAL');
  }
  return numbers.join('\t');
}

/**
 * Sets a namespaced value from outside, as a container runtime does it for a Pod. Throws EINVAL for whatever is not
 * namespaced: those belong to the machine.
 */
export function setNamespacedSysctl(net: NetNamespace, ipc: IpcNamespace, name: string, text: string): void {
  const networkName = name.startsWith('net.') ? name.slice(4) : '';
  if (Object.hasOwn(NETWORK, networkName)) net.setSysctl(networkName, checked(text, NETWORK[networkName]!));
  else if (Object.hasOwn(IPC, name)) ipc.setSysctl(name, checked(text, IPC[name]!));
  else throw new Errno('EINVAL');
}

interface Branch {
  readonly children: Map<string, Branch | Leaf>;
}

function treeOf(fs: FileSystem, leaves: ReadonlyMap<string, Leaf>): Inode {
  const root: Branch = { children: new Map() };
  for (const [name, leaf] of leaves) {
    const parts = name.split('.');
    const last = parts.pop()!;
    let branch = root;
    for (const part of parts) {
      const next = (branch.children.get(part) as Branch | undefined) ?? { children: new Map() };
      branch.children.set(part, next);
      branch = next;
    }
    branch.children.set(last, leaf);
  }
  const inodeOf = (branch: Branch): Inode => {
    const entries: Record<string, () => Inode> = {};
    for (const [name, child] of branch.children) {
      entries[name] = () => ('children' in child ? inodeOf(child) : leafFile(fs, child));
    }
    return directoryOf(fs, entries);
  };
  return inodeOf(root);
}

function leafFile(fs: FileSystem, { read, write }: Leaf): Inode {
  return new GeneratedInode(
    fs,
    () => `${read()}\n`,
    write === undefined ? {} : { accept: (text) => write(text.trim()) },
  );
}
