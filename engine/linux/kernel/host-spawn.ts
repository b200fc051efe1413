import { Errno } from '../errno.ts';
import type { HostSpawn, NamespaceSet, OpenFile } from '../host.ts';
import type { Credentials, Process } from '../syscalls.ts';
import { TerminalSlave } from '../tty/terminal-slave.ts';
import { FileDescription } from '../vfs/description.ts';
import type { MountNamespace } from '../vfs/mount.ts';
import { locate, type PathContext } from '../vfs/path.ts';
import type { ControlGroup } from './cgroup.ts';
import { FileTable } from './file-table.ts';
import type { Kernel, TaskStruct } from './kernel.ts';
import type { CgroupNamespace } from './namespaces.ts';
import { killForMemory } from './oom.ts';
import { openPath } from './open.ts';
import { inOrder } from './process-attributes.ts';
import { begin, createTask, type LoadedProgram, loadProgram } from './spawn.ts';

const ROOT: Credentials = { uid: 0, gid: 0, groups: [] };

/** Starts a process from outside, in a session of its own: what a container runtime or an init system does. */
export function spawnOnHost(kernel: Kernel, options: HostSpawn, facade: (task: TaskStruct) => Process): TaskStruct {
  const namespaces = { ...kernel.init.namespaces, ...options.namespaces } as NamespaceSet;
  const mountNamespace = namespaces.mnt as MountNamespace;
  const given = options.credentials ?? ROOT;
  const credentials: Credentials = given.groups.length < 2 ? given : { ...given, groups: inOrder(given.groups) };
  const context: PathContext = { root: mountNamespace.root, cwd: mountNamespace.root, credentials, mountNamespace };
  const cwd = locate(context, options.cwd ?? '/');
  if (cwd.inode.type !== 'directory') throw new Errno('ENOTDIR');
  const loaded = load(kernel, { ...context, cwd }, options);
  if (credentials.confinement !== undefined)
    kernel.security?.requireStart(credentials.confinement, credentials, loaded.path);
  const parent = options.parentHostPid === undefined ? kernel.init : taskOf(kernel, options.parentHostPid);
  const files = new FileTable();
  try {
    for (const [fd, file] of Object.entries(options.files ?? {})) files.set(Number(fd), descriptionOf(file));
    for (let fd = 0; fd <= 2; fd++) {
      if (files.has(fd)) continue;
      files.set(fd, nothingOf(kernel));
    }
    const cgroup = (options.cgroup as ControlGroup | undefined) ?? kernel.cgroups.root;
    if (namespaces.cgroup !== kernel.init.namespaces.cgroup) (namespaces.cgroup as CgroupNamespace).root ??= cgroup;
    const task = createTask(kernel, {
      parent,
      credentials: loaded.credentials,
      env: { ...options.env },
      argv: loaded.argv,
      root: mountNamespace.root,
      cwd,
      umask: 0o022,
      namespaces,
      cgroup,
      files,
    });
    task.executable = loaded.path;
    task.onExit = options.onExit;
    task.oomScoreAdj = options.oomScoreAdj ?? 0;
    if (options.terminal instanceof TerminalSlave) takeTerminal(task, options.terminal);
    killForMemory(task);
    begin(task, loaded.program, facade);
    return task;
  } catch (error) {
    files.closeAll();
    throw error;
  }
}

/** The machine's /dev/null, opened once for all who bring no files of their own. */
function nothingOf(kernel: Kernel): FileDescription {
  if (kernel.nothing === undefined) {
    kernel.nothing = openPath(kernel.init, '/dev/null', { read: true, write: true });
    kernel.nothing.references += 1;
  }
  return kernel.nothing;
}

function load(kernel: Kernel, context: PathContext, options: HostSpawn): LoadedProgram {
  if (typeof options.run === 'string') return loadProgram(kernel, context, options.run, options.argv);
  return { program: options.run, argv: options.argv, path: options.argv[0] ?? '', credentials: context.credentials };
}

function taskOf(kernel: Kernel, hostPid: number): TaskStruct {
  const task = kernel.init.pidNamespace.members.get(hostPid);
  if (task === undefined || !task.alive) throw new Errno('ESRCH');
  return task;
}

function descriptionOf(file: OpenFile): FileDescription {
  if (file instanceof FileDescription) return file;
  throw new Errno('EBADF');
}

/** The terminal becomes the controlling one of the task's session, and belongs to its user. */
function takeTerminal(task: TaskStruct, { terminal }: TerminalSlave): void {
  task.terminal = terminal;
  terminal.session = task.session;
  terminal.foreground = task.group;
  terminal.inode.uid = task.credentials.uid;
}
