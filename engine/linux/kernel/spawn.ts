import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { Credentials, DescriptorList, ForkOptions, Process, Program, SpawnOptions } from '../syscalls.ts';
import { RegularInode } from '../vfs/inode.ts';
import { locate, type PathContext } from '../vfs/path.ts';
import { MAY_EXECUTE, requireAccess } from '../vfs/permission.ts';
import { charge, SPAWN_STEPS } from './cpu-charge.ts';
import { FileTable } from './file-table.ts';
import { type Kernel, type TaskOptions, TaskStruct } from './kernel.ts';
import { setMemory } from './lifecycle.ts';
import { killForMemory } from './oom.ts';
import type { Pid, PidNamespace } from './pid-namespace.ts';
import { PREEMPTED, startTask } from './wake.ts';

/** What any process holds before it declares more. */
const BASE_MEMORY_BYTES = 256 * 1024;

/** ARG_MAX of execve(2). */
const MAX_ARGUMENT_CHARS = 2 * 1024 * 1024;

const STANDARD_FILES: Readonly<Record<number, number>> = { 0: 0, 1: 1, 2: 2 };

export interface LoadedProgram {
  readonly program: Program;
  /** As whom it runs: a setuid or setgid program as its owner. */
  readonly credentials: Credentials;
  readonly argv: readonly string[];
  /** Of /proc/<pid>/exe. */
  readonly path: string;
}

/** Finds what a path runs, following `#!` lines. Throws ENOENT, EACCES, ENOEXEC, … */
export function loadProgram(
  kernel: Kernel,
  context: PathContext,
  path: string,
  argv: readonly string[],
  depth = 0,
): LoadedProgram {
  const { inode } = locate(context, path);
  if (!(inode instanceof RegularInode)) throw new Errno('EACCES');
  requireAccess(inode, context.credentials, MAY_EXECUTE);
  let chars = 0;
  for (const argument of argv) chars += argument.length + 1;
  if (chars > MAX_ARGUMENT_CHARS) throw new Errno('E2BIG');
  const changed = credentialsAfter(context.credentials, inode);
  const credentials = kernel.security?.afterExec(context, path, changed) ?? changed;
  if (inode.executable !== undefined) return { program: inode.executable.program, argv, path, credentials };
  const start = inode.content.read(0, 256);
  const copied = kernel.executables.find(start);
  if (copied !== undefined) return { program: copied, argv, path, credentials };
  const head = new TextDecoder().decode(start);
  const match = /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*?)[ \t]*(\n|$)/.exec(head);
  if (match === null) throw new Errno('ENOEXEC');
  if (depth >= 4) throw new Errno('ELOOP');
  const [, interpreter, argument] = match as unknown as [string, string, string];
  const interpreted = [interpreter, ...(argument === '' ? [] : [argument]), path, ...argv.slice(1)];
  return loadProgram(kernel, context, interpreter, interpreted, depth + 1);
}

const SETUID = 0o4000;
const SETGID = 0o2000;

function credentialsAfter(before: Credentials, { mode, uid, gid }: RegularInode): Credentials {
  if ((mode & (SETUID | SETGID)) === 0 || before.noNewPrivileges) return before;
  const asOwner = (mode & SETUID) !== 0 && uid !== before.uid ? { uid, realUid: before.uid } : {};
  return { ...before, ...asOwner, ...((mode & SETGID) !== 0 && { gid }) };
}

/** A new entry of the process table, not running yet. Throws EAGAIN at the limits of processes. */
export function createTask(kernel: Kernel, options: TaskOptions, group?: Pid, session?: Pid): TaskStruct {
  const namespace = options.namespaces.pid as PidNamespace<TaskStruct>;
  if (namespace.closed) throw new Errno('ENOMEM');
  if (options.cgroup.removed) throw new Errno('ENODEV');
  options.cgroup.requireRoomForProcess();
  const pid = namespace.allocate();
  const task = new TaskStruct(kernel, options, pid, group ?? pid, session ?? pid);
  namespace.add(pid, task);
  namespace.init ??= task;
  task.cgroup.addProcesses(1);
  kernel.forks += 1;
  if (options.parent !== undefined) {
    options.parent.children ??= [];
    options.parent.children.push(task);
  }
  setMemory(task, BASE_MEMORY_BYTES);
  return task;
}

function createChild(
  parent: TaskStruct,
  options: Pick<SpawnOptions, 'cwd' | 'fds' | 'processGroup'>,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  executable: string | undefined,
): TaskStruct {
  // Whatever may fail comes first: then there is no process yet.
  const files = filesFor(parent, options.fds);
  let child: TaskStruct;
  try {
    const cwd = options.cwd === undefined ? parent.cwd : locate(parent, options.cwd);
    if (cwd.inode.type !== 'directory') throw new Errno('ENOTDIR');
    child = createTask(
      parent.kernel,
      {
        parent,
        credentials: parent.credentials,
        env,
        argv,
        root: parent.root,
        cwd,
        umask: parent.umask,
        namespaces: parent.namespaces,
        cgroup: parent.cgroup,
        files,
      },
      groupForChild(parent, options.processGroup),
      parent.session,
    );
  } catch (error) {
    throw closing(files, error);
  }
  child.terminal = parent.terminal;
  child.nice = parent.nice;
  child.oomScoreAdj = parent.oomScoreAdj;
  child.executable = executable;
  charge(parent, SPAWN_STEPS);
  // A chain of processes that each start the next and end must not be free.
  child.burst = parent.burst;
  child.debtMs = parent.debtMs;
  return child;
}

/** A child is in its parent's group, unless it is told to join another or, with 0, to have its own. Throws EPERM. */
function groupForChild(parent: TaskStruct, number: number | undefined): Pid | undefined {
  if (number === undefined) return parent.group;
  return number === 0 ? undefined : groupOf(parent, number);
}

/** The descriptors of a child, by default the standard ones as far as they are open. Throws EBADF. */
function filesFor(parent: TaskStruct, fds: SpawnOptions['fds']): FileTable {
  if (isList(fds)) return parent.files.inherited(fds);
  const files = new FileTable();
  for (const [fd, source] of Object.entries(fds ?? STANDARD_FILES)) {
    if (parent.files.has(source)) files.set(Number(fd), parent.files.get(source));
    else if (fds !== undefined) throw closing(files, new Errno('EBADF'));
  }
  return files;
}

function isList(fds: SpawnOptions['fds']): fds is DescriptorList {
  return Array.isArray(fds);
}

/** The group of this number in the task's session. Throws EPERM. */
export function groupOf(task: TaskStruct, number: number): Pid {
  const namespace = task.pidNamespace;
  for (const member of namespace.members.values()) {
    if (member.session === task.session && namespace.numberOf(member.group) === number) return member.group;
  }
  throw new Errno('EPERM');
}

export function spawnChild(parent: TaskStruct, options: SpawnOptions, facade: (task: TaskStruct) => Process): number {
  const loaded = loadProgram(parent.kernel, parent, options.path, options.argv);
  const child = createChild(parent, options, loaded.argv, options.env ?? parent.env, loaded.path);
  child.credentials = loaded.credentials;
  inheritActions(parent, child, false);
  return run(parent, child, loaded.program, facade);
}

export function forkChild(
  parent: TaskStruct,
  program: Program,
  options: ForkOptions,
  facade: (task: TaskStruct) => Process,
): number {
  const given = options.fds === undefined ? { ...options, fds: parent.files.list() } : options;
  const child = createChild(parent, given, parent.argv, parent.env, parent.executable);
  inheritActions(parent, child, true);
  return run(parent, child, program, facade);
}

function run(parent: TaskStruct, child: TaskStruct, program: Program, facade: (task: TaskStruct) => Process): number {
  killForMemory(child);
  begin(child, program, facade);
  return parent.pidNamespace.numberOf(child.pid);
}

/** Lets a new process run its program. */
export function begin(task: TaskStruct, program: Program, facade: (task: TaskStruct) => Process): void {
  task.process = facade(task);
  if (!task.alive) return; // There was no memory for it.
  task.generator = instantiate(program, task.process);
  startTask(task);
}

/** A program that is not a generator function may already fail when it is called: that is its own end, not its parent's. */
function instantiate(program: Program, process: Process): Task<number> {
  try {
    return program(process);
  } catch (error) {
    return failing(error);
  }
}

function* failing(error: unknown): Task<number> {
  throw error;
}

/** execve(2): the old program is dropped where it stands. */
export function* exec(
  task: TaskStruct,
  path: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> | undefined,
  facade: (task: TaskStruct) => Process,
): Task<number> {
  const { confinement } = task.credentials;
  const loaded = loadProgram(task.kernel, task, path, argv);
  task.argv = loaded.argv;
  task.executable = loaded.path;
  task.credentials = loaded.credentials;
  if (loaded.credentials.confinement !== confinement) task.process = facade(task);
  if (env !== undefined) task.env = env;
  if (task.actions !== undefined) resetCaught(task);
  task.caught = undefined;
  task.signalArrived = false;
  setMemory(task, BASE_MEMORY_BYTES);
  charge(task, SPAWN_STEPS);
  task.generator = instantiate(loaded.program, task.process);
  yield PREEMPTED;
  // Not reached inside the kernel, which goes on with the new program.
  return 0;
}

function inheritActions(parent: TaskStruct, child: TaskStruct, keepCaught: boolean): void {
  if (parent.actions === undefined) return;
  child.actions = new Map(parent.actions);
  if (!keepCaught) resetCaught(child);
}

/** Handlers do not survive exec; ignored signals stay ignored. */
function resetCaught(task: TaskStruct): void {
  for (const [signal, action] of task.actions!) if (action === 'catch') task.actions!.delete(signal);
}

function closing(files: FileTable, error: unknown): unknown {
  files.closeAll();
  return error;
}
