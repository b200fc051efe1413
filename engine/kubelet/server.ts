import type { Container, Pod } from '../api/kinds.ts';
import { type ExecOptions, type LogOptions, type NodeApi, NodeApiError, type PodIdentity } from '../api/node-api.ts';
import type { StartByteStream, StartSession } from '../api/request.ts';
import { type ContainerStatus, CriError } from '../containerd/cri.ts';
import { serveEndpoint } from './http-endpoints.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { nodeLogs } from './node-logs.ts';
import type { CgroupHost } from './pod-cgroups.ts';
import { findContainer } from './pod-format.ts';
import type { DiskUsage } from './stats-summary.ts';
import { nodeUsage } from './usage.ts';
import { type PodVolumeUsage, podVolumeUsage } from './volume-usage.ts';
import type { MountedVolumes } from './volumes/volume.ts';

interface ServerDependencies {
  readonly context: KubeletContext;
  readonly cgroups: CgroupHost | undefined;
  /** All Pods of the node. */
  pods(): readonly Pod[];
  /** What of a Pod's volumes is on the node. */
  volumesOf(podUid: string): MountedVolumes;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The Pod of this identity on this node; static Pods go by their mirror's. */
  findPod(identity: PodIdentity): Pod | undefined;
}

/**
 * What the kubelet answers on port 10250. After `pkg/kubelet/server/server.go` and `pkg/kubelet/kubelet_pods.go`.
 */
export function createServer(dependencies: ServerDependencies): NodeApi {
  const { context, findPod, cgroups, pods, configuration, volumesOf } = dependencies;
  const { cache, runtime, sim, nodeName, capacityBytes } = context;

  function requirePod({ namespace, name }: PodIdentity, pod: Pod | undefined): Pod {
    if (pod === undefined) throw new NodeApiError(404, `pod "${name}" not found in namespace "${namespace}"`);
    return pod;
  }

  function running(identity: PodIdentity, name: string, absent: string): ContainerStatus {
    const pod = requirePod(identity, findPod(identity));
    const status = instances(pod, name).find(({ state }) => state === 'CONTAINER_RUNNING');
    if (status === undefined) throw new NodeApiError(404, absent);
    return status;
  }

  function instances(pod: Pod, container: string): readonly ContainerStatus[] {
    return ask(() => cache.status(pod.metadata.uid).containers.get(container) ?? []);
  }

  function containerLogs(identity: PodIdentity, name: string, options: LogOptions): StartByteStream {
    const pod = requirePod(identity, findPod(identity));
    const container = findContainer(pod, name);
    if (container === undefined) {
      throw new NodeApiError(400, `container ${name} is not valid for pod ${identity.name}`);
    }
    const status = chooseInstance(context, pod, container, instances(pod, name), options.previous === true);
    const since = options.sinceTime === undefined ? undefined : Date.parse(options.sinceTime);
    return ask(() =>
      runtime.containerLog(status.id, {
        follow: options.follow === true && status.state === 'CONTAINER_RUNNING',
        timestamps: options.timestamps,
        tailLines: options.tailLines,
        limitBytes: options.limitBytes,
        sinceMs: options.sinceSeconds === undefined ? since : sim.wallMs - options.sinceSeconds * 1000,
      }),
    );
  }

  function exec(identity: PodIdentity, name: string, options: ExecOptions): StartSession {
    const { id } = running(identity, name, `container not found ("${name}")`);
    return mapFailure(
      ask(() => runtime.exec(id, options.command, options)),
      'Internal error occurred: error executing command in container',
    );
  }

  function attach(identity: PodIdentity, name: string, options: Omit<ExecOptions, 'command'>): StartSession {
    const pod = `${identity.name}_${identity.namespace}`;
    const { id } = running(identity, name, `container ${name} not found in pod ${pod}`);
    return ask(() => runtime.attach(id, options));
  }

  function portForward(identity: PodIdentity, port: number): StartSession {
    return forwardPort(context, identity, requirePod(identity, findPod(identity)), port);
  }

  const usage = () => nodeUsage({ sim, nodeName, runtime, cgroups, pods });
  const sources = {
    nodeApi: { usage, containerLogs },
    capacityBytes,
    pods,
    disk: () => diskUsage(context),
    volumes: (pod: Pod) => volumesUsage(context, pod, volumesOf(pod.metadata.uid)),
    configuration,
    logs: (path: string) => (context.root === undefined ? undefined : nodeLogs(context.root, path)),
  };
  const get: NodeApi['get'] = (path, query) => serveEndpoint(sources, path, query);
  return { containerLogs, exec, attach, portForward, usage, get };
}

/** Of the file system that the kubelet's own directory is on. */
function diskUsage({ root }: KubeletContext): DiskUsage | undefined {
  if (root === undefined) return undefined;
  const { totalBytes, usedBytes, totalInodes, usedInodes } = root.statfs('/');
  return { capacityBytes: totalBytes, usedBytes, inodes: totalInodes, inodesUsed: usedInodes };
}

function volumesUsage({ root, plugins }: KubeletContext, pod: Pod, mounted: MountedVolumes): readonly PodVolumeUsage[] {
  return root === undefined ? [] : podVolumeUsage(root, pod, mounted, plugins.loaded);
}

function forwardPort(
  { cache, runtime }: KubeletContext,
  { name, uid }: PodIdentity,
  pod: Pod,
  port: number,
): StartSession {
  const sandbox = ask(() => cache.status(pod.metadata.uid).sandboxes.find(({ state }) => state === 'SANDBOX_READY'));
  if (sandbox === undefined) throw new NodeApiError(500, `unable to find pod sandbox for "${name}"`);
  return mapFailure(
    ask(() => runtime.portForward(sandbox.id, port)),
    `error forwarding port ${port} to pod ${sandbox.id}, uid ${uid}`,
  );
}

/** What a session could not be started for reaches the client as an error of the API server. */
function mapFailure(start: StartSession, prefix: string): StartSession {
  return (sink) =>
    start({
      ...passOn(sink),
      exit: ({ exitCode, message }) =>
        sink.exit(message === undefined ? { exitCode } : { message: `${prefix}: ${message}` }),
    });
}

function passOn(sink: Parameters<StartSession>[0]): Pick<Parameters<StartSession>[0], 'stdout' | 'stderr'> {
  return { stdout: (chunk) => sink.stdout(chunk), stderr: (chunk) => sink.stderr(chunk) };
}

function ask<T>(question: () => T): T {
  try {
    return question();
  } catch (error) {
    if (error instanceof CriError) throw new NodeApiError(500, error.message);
    throw error;
  }
}

/** Which instance's log is meant. After `kubelet_pods.go` (`validateContainerLogStatus`). */
function chooseInstance(
  { waiting }: KubeletContext,
  pod: Pod,
  container: Container,
  instances: readonly ContainerStatus[],
  previous: boolean,
): ContainerStatus {
  const { name } = container;
  const [latest] = instances;
  if (previous) {
    const last = latest?.state === 'CONTAINER_EXITED' && waiting.get(pod.metadata.uid, name) ? latest : instances[1];
    if (last === undefined) {
      throw new NodeApiError(400, `previous terminated container "${name}" in pod "${pod.metadata.name}" not found`);
    }
    return last;
  }
  if (latest !== undefined && latest.state !== 'CONTAINER_CREATED') return latest;
  const reason = waiting.get(pod.metadata.uid, name)?.reason;
  const about = `container "${name}" in pod "${pod.metadata.name}" is waiting to start`;
  switch (reason) {
    case 'ErrImagePull':
      throw new NodeApiError(400, `${about}: image can't be pulled`);
    case 'ImagePullBackOff':
      throw new NodeApiError(400, `${about}: trying and failing to pull image`);
    default:
      throw new NodeApiError(400, `${about}: ${reason ?? defaultReason(pod)}`);
  }
}

function defaultReason(pod: Pod): string {
  return (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating';
}
