import type { CniPlugin, PortMapping } from '../cni/plugin.ts';
import { Errno } from '../linux/errno.ts';
import type { Host } from '../linux/host.ts';
import { type Random, sleep, type Task } from '../sim/index.ts';
import { CriError, type PodSandboxConfig, type PodSandboxStatus } from './cri.ts';
import { containerId } from './identifier.ts';
import type { ImageStore } from './image-store.ts';
import type { ContainerdOptions } from './options.ts';
import type { Sandbox } from './records.ts';
import { removeSandboxFiles, writeSandboxFiles } from './sandbox-files.ts';
import type { ContainerdState } from './state.ts';

/** What the operations on sandboxes and containers need of their surroundings. */
export interface ContainerdContext {
  readonly host: Host;
  readonly random: Random;
  readonly cni: CniPlugin;
  readonly images: ImageStore;
  readonly state: ContainerdState;
  readonly options: ContainerdOptions;
}

export function requireSandbox(state: ContainerdState, id: string): Sandbox {
  const sandbox = state.sandboxes.get(id);
  if (sandbox === undefined) {
    throw new CriError('NotFound', `an error occurred when try to find sandbox "${id}": not found`);
  }
  return sandbox;
}

/**
 * Makes a sandbox: namespaces, the pause process that holds them, the network. If the task is called off on the way,
 * nothing of it stays.
 */
export function* runSandbox(
  context: ContainerdContext,
  config: PodSandboxConfig,
  runtimeHandler: string,
): Task<Sandbox> {
  const { host, random, state, options } = context;
  const id = containerId(random);
  const { network, ipc, pid, user } = config.linux.namespaces;
  const ownNetwork = network !== 'NODE';
  const label = `${config.metadata.namespace}/${config.metadata.name}`;
  const sandbox: Sandbox = {
    id,
    config,
    runtimeHandler,
    createdAtMs: host.sim.wallMs,
    namespaces: {
      net: ownNetwork ? host.createNamespace('net', { label }) : host.namespaces.net,
      uts: ownNetwork ? host.createNamespace('uts', { hostname: config.hostname }) : host.namespaces.uts,
      ipc: ipc === 'NODE' ? host.namespaces.ipc : host.createNamespace('ipc'),
      pid: pid === 'NODE' ? host.namespaces.pid : host.createNamespace('pid'),
      user: user === undefined ? host.namespaces.user : host.createNamespace('user', { idMappings: user }),
    },
    containers: new Set(),
    ready: false,
    ip: undefined,
    pause: undefined,
    networkSetUp: false,
  };
  let done = false;
  try {
    yield* sleep(host.sim, random.jitter(options.sandboxMs, options.jitter), 'containerd sandbox');
    if (ownNetwork) setUpNetwork(context, sandbox);
    writeSandboxFiles(host.root, id, config);
    setSysctls(context, sandbox);
    startPause(context, sandbox);
    sandbox.ready = true;
    state.sandboxes.set(id, sandbox);
    state.announce('CONTAINER_CREATED_EVENT', sandbox);
    state.announce('CONTAINER_STARTED_EVENT', sandbox);
    done = true;
    return sandbox;
  } finally {
    if (!done) {
      tearDownNetwork(context, sandbox);
      if (host.running) removeSandboxFiles(host.root, id);
    }
  }
}

function setUpNetwork({ cni }: ContainerdContext, sandbox: Sandbox): void {
  const failed = `failed to setup network for sandbox "${sandbox.id}"`;
  try {
    sandbox.ip = cni.add(sandbox.id, sandbox.namespaces.net, portMappingsOf(sandbox)).address;
    sandbox.networkSetUp = true;
  } catch (error) {
    throw new CriError('Unknown', `${failed}: ${(error as Error).message}`);
  }
}

function portMappingsOf({ config: { portMappings = [] } }: Sandbox): readonly PortMapping[] {
  return portMappings
    .filter(({ hostPort }) => hostPort > 0)
    .map(({ protocol, ...ports }) => ({ ...ports, protocol: protocol.toLowerCase() as PortMapping['protocol'] }));
}

function setSysctls({ host }: ContainerdContext, { config, namespaces }: Sandbox): void {
  // `enable_unprivileged_ports`, which containerd 2 has on: whoever a container runs as may listen on port 80.
  const own = namespaces.net === host.namespaces.net ? {} : { 'net.ipv4.ip_unprivileged_port_start': '0' };
  for (const [name, value] of Object.entries({ ...own, ...config.linux.sysctls })) {
    try {
      host.setSysctl(namespaces, name, value);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const file = `/proc/sys/${name.replaceAll('.', '/')}`;
      const cause = `open ${file}: ${error.message.toLowerCase()}`;
      throw new CriError(
        'Unknown',
        `failed to create containerd task: failed to create shim task: OCI runtime create failed: ${cause}`,
      );
    }
  }
}

function tearDownNetwork({ host, cni }: ContainerdContext, sandbox: Sandbox): void {
  if (!sandbox.networkSetUp || !host.running) return;
  sandbox.networkSetUp = false;
  cni.del(sandbox.id, sandbox.namespaces.net);
}

/** The pause process is the last one to be killed for memory. */
const PAUSE_OOM_SCORE = -998;

function startPause(context: ContainerdContext, sandbox: Sandbox): void {
  const { host, images, options, state } = context;
  const stored = images.lookUp(options.sandboxImage);
  if (stored === undefined) {
    throw new CriError('NotFound', `failed to get sandbox image "${options.sandboxImage}": not found`);
  }
  const { image } = stored;
  const argv = [...(image.entrypoint ?? []), ...(image.command ?? [])];
  const cgroup = host.createCgroup(`${sandbox.config.linux.cgroupParent}/cri-containerd-${sandbox.id}.scope`, {});
  sandbox.pause = host.spawn({
    run: argv[0] ?? '/pause',
    argv,
    env: image.env ?? {},
    cwd: '/',
    namespaces: {
      ...sandbox.namespaces,
      mnt: host.createContainerRoot({ layers: image.layers, readOnly: true, ipc: sandbox.namespaces.ipc }, []),
    },
    cgroup,
    credentials: { uid: 65535, gid: 65535, groups: [65535] },
    oomScoreAdj: PAUSE_OOM_SCORE,
    onExit: () => {
      sandbox.pause = undefined;
      sandbox.ready = false;
      host.removeCgroup(cgroup);
      host.sim.record('sandbox.exit', `${host.name}:${sandbox.id}`);
      state.announce('CONTAINER_STOPPED_EVENT', sandbox);
    },
  });
}

/** Ends the pause process and gives the network back. */
export function* stopSandbox(context: ContainerdContext, sandbox: Sandbox): Task<void> {
  tearDownNetwork(context, sandbox);
  const { pause } = sandbox;
  if (pause !== undefined) {
    context.host.kill(pause.hostPid, 'KILL');
    while (sandbox.pause !== undefined && context.host.running) yield* sleep(context.host.sim, 1, 'containerd wait');
  }
  sandbox.ready = false;
  context.host.releaseSharedMemory(sandbox.namespaces.ipc);
}

export function sandboxStatus(sandbox: Sandbox): PodSandboxStatus {
  return {
    id: sandbox.id,
    metadata: sandbox.config.metadata,
    state: sandbox.ready ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
    createdAtMs: sandbox.createdAtMs,
    ip: sandbox.ip,
    pid: sandbox.pause?.hostPid ?? 0,
    labels: sandbox.config.labels,
    annotations: sandbox.config.annotations,
  };
}
