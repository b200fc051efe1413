import { makeDirectories } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import type { Cgroup, ContainerDevice, ContainerRoot, Host, HostBind, OpenFile } from '../linux/host.ts';
import { SIGNAL_NUMBERS, type Signal, signalExitCode } from '../linux/signal.ts';
import type { WaitStatus } from '../linux/syscalls.ts';
import { sleep, type Task, waitFor } from '../sim/index.ts';
import { confinementOf } from './container-confinement.ts';
import { deviceNodes, resolveDevices } from './container-devices.ts';
import { ContainerLog } from './container-log.ts';
import { namespacesOf } from './container-namespaces.ts';
import { resolveUser } from './container-user.ts';
import {
  type ContainerConfig,
  type ContainerStats,
  type ContainerStatus,
  CriError,
  type PodSandboxConfig,
} from './cri.ts';
import { containerId } from './identifier.ts';
import { hostMounts } from './image-mounts.ts';
import { formatImageReference, parseImageReference } from './image-reference.ts';
import type { StoredImage } from './image-store.ts';
import { OciError, startOciProcess } from './oci-runtime.ts';
import { containerArgv, containerEnvironment } from './process-spec.ts';
import type { Container, Sandbox } from './records.ts';
import type { ContainerdContext } from './sandbox.ts';
import { sandboxDirectory } from './sandbox-files.ts';

/** What containerd reports for a container that could not be started. */
const START_ERROR_EXIT_CODE = 128;
/** Of what a container prints, each line is stamped and stored. */
const LOG_STEPS_PER_BYTE = 1 / 16;

/** Prepares everything but the process: root file system, mounts, log. */
export function* createContainer(
  context: ContainerdContext,
  sandbox: Sandbox,
  asked: ContainerConfig,
  sandboxConfig: PodSandboxConfig,
): Task<Container> {
  const { host, random, state, options } = context;
  const id = containerId(random);
  const stored = context.images.lookUp(asked.image);
  if (stored === undefined) throw new CriError('NotFound', `failed to resolve image "${asked.image}": not found`);
  const { image } = stored;
  const { config: explained, devices } = explainDevices(context, asked, stored, sandbox, id);
  const config = { ...explained, mounts: hostMounts(context, sandbox, explained.mounts) };
  const argv = containerArgv(image, config);
  if (argv.length === 0) throw new CriError('Unknown', 'failed to generate container spec: no command specified');
  const { credentials: user, home } = resolveUser(image, config.linux.security);
  const confinement = confinementOf(host, config.linux.security);
  const credentials = confinement === undefined ? user : { ...user, confinement };
  yield* sleep(host.sim, random.jitter(options.createContainerMs, options.jitter), 'containerd create');
  const logDirectory = sandboxConfig.logDirectory;
  const logPath = `${logDirectory}/${config.logPath}`;
  makeDirectories(host.root, logPath.slice(0, logPath.lastIndexOf('/')));
  const { resources } = config.linux;
  const container: Container = {
    id,
    sandbox,
    config,
    image: stored,
    createdAtMs: host.sim.wallMs,
    log: new ContainerLog(host.sim, host.root, logPath, (bytes) => state.logGrown(id, bytes)),
    argv,
    cgroup: limitContainer(host, `${sandboxConfig.linux.cgroupParent}/cri-containerd-${id}.scope`, resources),
    root: createRoot(context, sandbox, config, stored, devices),
    env: containerEnvironment(image, config, sandboxConfig.hostname, home),
    credentials,
    attached: new Set(),
    onEnd: new Set(),
    state: 'CONTAINER_CREATED',
    startedAtMs: 0,
    finishedAtMs: 0,
    exitCode: 0,
    reason: '',
    message: '',
    environment: undefined,
    process: undefined,
    terminal: undefined,
    stdin: undefined,
  };
  if (config.linux.security.privileged !== true) {
    host.allowDevices(container.cgroup, devices);
  }
  state.addContainer(container);
  state.announce('CONTAINER_CREATED_EVENT', sandbox, id);
  return container;
}

/** @throws CriError */
function explainDevices(
  { host }: ContainerdContext,
  asked: ContainerConfig,
  { image }: StoredImage,
  { runtimeHandler }: Sandbox,
  id: string,
) {
  try {
    const config = resolveDevices(host, asked, image, runtimeHandler);
    return { config, devices: deviceNodes(host, config) };
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    throw new CriError(error.code, `failed to generate container "${id}" spec: ${error.message}`);
  }
}

/** https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation */
const PROPAGATION: Readonly<Record<string, HostBind['propagation']>> = {
  None: 'private',
  HostToContainer: 'slave',
  Bidirectional: 'shared',
};

/** Makes a container's control group, or changes its limits. */
export function limitContainer(
  host: Host,
  path: string,
  { memoryLimitBytes, cpuShares, cpuQuotaMillis, unified }: ContainerConfig['linux']['resources'],
): Cgroup {
  const oomGroup = unified?.['memory.oom.group'] === '1';
  return host.createCgroup(path, { memoryBytes: memoryLimitBytes, cpuShares, cpuQuotaMillis, oomGroup });
}

function createRoot(
  context: ContainerdContext,
  sandbox: Sandbox,
  config: ContainerConfig,
  { image }: StoredImage,
  devices: readonly ContainerDevice[],
) {
  const layers = [...image.layers];
  const cwd = config.workingDirectory ?? image.workingDirectory ?? '/';
  // runc makes the working directory if the image lacks it.
  if (cwd !== '/') layers.push({ tree: { [cwd]: { directory: true } } });
  const mounted = new Set(config.mounts.map(({ containerPath }) => containerPath));
  const directory = sandboxDirectory(sandbox.id);
  const binds: HostBind[] = ['hostname', 'hosts', 'resolv.conf']
    .map((name): HostBind => ({ hostPath: `${directory}/${name}`, containerPath: `/etc/${name}`, readOnly: false }))
    .filter(({ containerPath }) => !mounted.has(containerPath));
  for (const mount of config.mounts) {
    const propagation = PROPAGATION[mount.propagation ?? 'None'] ?? 'private';
    binds.push({ ...mount, propagation });
  }
  const { readOnlyRootFilesystem: readOnly = false, privileged = false } = config.linux.security;
  const root = { layers, readOnly, privileged, devices, ipc: sandbox.namespaces.ipc };
  try {
    return makeRoot(context, root, binds, config.mounts);
  } catch (error) {
    if (error instanceof Errno) throw new CriError('Unknown', `failed to generate container spec: ${error.message}`);
    throw error;
  }
}

/** Only where something is missing are the mounts looked through for what it is. */
function makeRoot(
  context: ContainerdContext,
  root: ContainerRoot,
  binds: readonly HostBind[],
  mounts: ContainerConfig['mounts'],
) {
  try {
    return context.host.createContainerRoot(root, binds);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    for (const { hostPath } of mounts) makeMountSource(context, hostPath);
    return context.host.createContainerRoot(root, binds);
  }
}

/** A host path that does not exist becomes a directory, as containerd has it. */
function makeMountSource({ host }: ContainerdContext, path: string): void {
  try {
    makeDirectories(host.root, path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CriError(
      'Unknown',
      `failed to generate container spec: failed to mkdir "${path}": ${error.message.toLowerCase()}`,
    );
  }
}

export function* startContainer(context: ContainerdContext, container: Container): Task<void> {
  const { host, options, random, state } = context;
  if (container.state !== 'CONTAINER_CREATED') {
    throw new CriError('Unknown', `container is in ${container.state} state`);
  }
  yield* sleep(host.sim, random.jitter(options.startContainerMs, options.jitter), 'containerd start');
  const { sandbox } = container;
  if (!sandbox.ready) {
    throw new CriError('Unknown', `sandbox container "${sandbox.id}" is not running`);
  }
  try {
    launch(context, container);
  } catch (error) {
    if (!(error instanceof OciError || error instanceof Errno)) throw error;
    failStart(context, container, error);
  }
  state.announce('CONTAINER_STARTED_EVENT', sandbox, container.id);
}

function failStart(context: ContainerdContext, container: Container, error: OciError | Errno): never {
  const message =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
    `unable to start container process: error during container init: ${error.message}`;
  finish(context, container, START_ERROR_EXIT_CODE, 'StartError', message);
  throw new CriError('Unknown', message);
}

function launch(context: ContainerdContext, container: Container): void {
  const { host } = context;
  const { config, image } = container;
  const environment = {
    env: container.env,
    cwd: config.workingDirectory ?? image.image.workingDirectory ?? '/',
    credentials: container.credentials,
    namespaces: namespacesOf(context, container),
    cgroup: container.cgroup,
    oomScoreAdj: config.linux.resources.oomScoreAdj,
  };
  container.environment = environment;
  const { files, terminal } = openStandardFiles(context, container);
  container.process = startOciProcess(host, {
    argv: container.argv,
    ...environment,
    files,
    terminal,
    onExit: (status) => ended(context, container, status),
  });
  container.state = 'CONTAINER_RUNNING';
  container.startedAtMs = host.sim.wallMs;
  host.sim.record('container.start', `${host.name}:${container.id}`, container.argv.join(' '));
}

function openStandardFiles(context: ContainerdContext, container: Container) {
  const { host } = context;
  const { config, log, attached } = container;
  const files: Record<number, OpenFile> = {};
  if (config.tty) {
    const terminal = host.openTerminal(80, 24);
    terminal.onOutput((data) => {
      log.write('stdout', data);
      for (const client of attached) client.stdout(data);
    });
    container.terminal = terminal;
    return { files: { 0: terminal.slave, 1: terminal.slave, 2: terminal.slave }, terminal: terminal.slave };
  }
  if (config.stdin) {
    const source = host.source();
    container.stdin = source;
    files[0] = source.file;
  }
  files[1] = host.sink((data) => {
    log.write('stdout', data);
    for (const client of attached) client.stdout(data);
  }, LOG_STEPS_PER_BYTE);
  files[2] = host.sink((data) => {
    log.write('stderr', data);
    for (const client of attached) client.stderr(data);
  }, LOG_STEPS_PER_BYTE);
  return { files, terminal: undefined };
}

function ended(context: ContainerdContext, container: Container, status: WaitStatus): void {
  const exitCode = status.kind === 'exited' ? status.code : signalExitCode(status.signal);
  const outOfMemory = container.cgroup.oomKills > 0 && exitCode !== 0;
  finish(context, container, exitCode, outOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error', '');
}

/** The container has ended, one way or another. */
export function finish(
  context: ContainerdContext,
  container: Container,
  exitCode: number,
  reason: string,
  message: string,
): void {
  const { host, state } = context;
  container.process = undefined;
  container.state = 'CONTAINER_EXITED';
  container.finishedAtMs = host.sim.wallMs;
  container.exitCode = exitCode;
  container.reason = reason;
  container.message = message;
  container.log.end();
  container.terminal?.hangUp();
  container.terminal = undefined;
  for (const client of container.attached) client.exit({ exitCode: 0 });
  container.attached.clear();
  host.removeCgroup(container.cgroup);
  host.sim.record('container.exit', `${host.name}:${container.id}`, `${exitCode} ${reason}`);
  for (const listener of container.onEnd) listener();
  container.onEnd.clear();
  state.announce('CONTAINER_STOPPED_EVENT', container.sandbox, container.id);
}

/** Sends the stop signal, and KILL when that has not helped within the time-out. */
export function* stopContainer(context: ContainerdContext, container: Container, timeoutSeconds: number): Task<void> {
  const { host } = context;
  if (container.process === undefined) {
    if (container.state === 'CONTAINER_CREATED') finish(context, container, 0, 'Completed', '');
    return;
  }
  if (timeoutSeconds > 0) {
    host.kill(container.process.hostPid, stopSignal(container));
    yield* awaitEnd(context, container, timeoutSeconds * 1000);
  }
  if (container.process === undefined) return;
  host.kill(container.process.hostPid, 'KILL');
  yield* awaitEnd(context, container);
}

function stopSignal({ config, image }: Container): Signal {
  const name = (config.stopSignal ?? image.image.stopSignal ?? 'TERM').replace(/^SIG/, '');
  return Object.hasOwn(SIGNAL_NUMBERS, name) ? (name as Signal) : 'TERM';
}

function* awaitEnd({ host }: ContainerdContext, container: Container, timeoutMs?: number): Task<void> {
  if (container.process === undefined) return;
  yield* waitFor<void>({
    start: (resume) => {
      const timer = timeoutMs === undefined ? undefined : host.sim.schedule(timeoutMs, 'containerd stop', settle);
      function settle(): void {
        cancel();
        resume();
      }
      function cancel(): void {
        timer?.cancel();
        container.onEnd.delete(settle);
      }
      container.onEnd.add(settle);
      return cancel;
    },
  });
}

export function containerStatus(container: Container): ContainerStatus {
  const { config, image } = container;
  return {
    id: container.id,
    podSandboxId: container.sandbox.id,
    metadata: config.metadata,
    state: container.state,
    createdAtMs: container.createdAtMs,
    startedAtMs: container.startedAtMs,
    finishedAtMs: container.finishedAtMs,
    exitCode: container.exitCode,
    reason: container.reason,
    message: container.message,
    image: imageName(container),
    imageRef: image.repoDigests[0] ?? image.image.digest,
    labels: config.labels,
    annotations: config.annotations,
    logPath: container.log.path,
    pid: container.process?.hostPid ?? 0,
    user: container.credentials,
  };
}

export function containerStats(host: Host, container: Container): ContainerStats {
  const { id, config, sandbox, startedAtMs, cgroup, root } = container;
  const { bytes, inodes } = host.usageOfContainerRoot(root);
  return {
    id,
    name: config.metadata.name,
    podUid: sandbox.config.metadata.uid,
    startedAtMs,
    cpuMs: cgroup.cpuMs,
    memoryBytes: cgroup.memoryBytes,
    writableBytes: bytes,
    writableInodes: inodes,
  };
}

/** The tag that was asked for, where an image has several. */
function imageName({ config, image }: Container): string {
  const [first = image.image.reference, second] = image.repoTags;
  return second === undefined ? first : formatImageReference(parseImageReference(config.image));
}
