import { NODE_COLUMNS } from '../api/core/node-columns.ts';
import { summarizePod } from '../api/core/pod-columns.ts';
import { isReady } from '../api/core/ready.ts';
import type { ContainerState, Node, Pod } from '../api/kinds.ts';
import { controllerOf } from '../api/object.ts';
import type { ContainerStatus, PodSandboxStatus } from '../containerd/cri.ts';
import type { Simulation } from '../sim/index.ts';
import type { ControlPlanes } from './control-plane/control-planes.ts';
import type { NodeMachine } from './node/node-machine.ts';
import type { ClusterView, ContainerView, NodeView, PodView } from './view.ts';

/** The column whose words the picture uses, too. */
const nodeStatusColumn = NODE_COLUMNS.find(({ name }) => name === 'Status')!;

/**
 * The picture of the cluster: objects as etcd holds them (so that it can be drawn while the API server is down), and
 * pause processes and process ids from the machines.
 */
export function buildView(
  sim: Simulation,
  controlPlanes: ControlPlanes,
  machines: readonly NodeMachine[],
): ClusterView {
  const pods = stored<Pod>(controlPlanes, '/registry/pods/');
  const nodes = stored<Node>(controlPlanes, '/registry/minions/');
  const byNode = Map.groupBy(pods, (pod) => pod.spec.nodeName ?? '');
  return {
    timeMs: sim.nowMs,
    wallMs: sim.wallMs,
    revision: controlPlanes.revision,
    nodes: nodes.map((node) => nodeView(sim, node, byNode.get(node.metadata.name) ?? [], machines)),
    unscheduled: (byNode.get('') ?? []).map((pod) => podView(pod, undefined)),
  };
}

function stored<T>(controlPlanes: ControlPlanes, prefix: string): readonly T[] {
  return controlPlanes.stored(prefix).map(({ value }) => value as T);
}

function nodeView(sim: Simulation, node: Node, pods: readonly Pod[], machines: readonly NodeMachine[]): NodeView {
  const machine = machines.find(({ host }) => host.name === node.metadata.name);
  const status = String(nodeStatusColumn.cell(node, sim.wallMs));
  const controlPlane = node.metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined;
  return {
    name: node.metadata.name,
    role: controlPlane ? 'control-plane' : 'worker',
    ready: status.split(',')[0] === 'Ready',
    status,
    poweredOn: machine?.host.running ?? false,
    pods: pods.map((pod) => podView(pod, machine)),
  };
}

function podView(pod: Pod, machine: NodeMachine | undefined): PodView {
  const { metadata, spec, status } = pod;
  const sandbox = machine === undefined ? undefined : sandboxOf(pod, machine);
  const running = sandbox === undefined ? [] : containersOf(sandbox, machine!);
  const owner = controllerOf(pod);
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const cell = (name: string, image: string, kind: ContainerView['kind']): ContainerView => {
    const reported = statuses.find((each) => each.name === name);
    return {
      name,
      kind,
      image,
      ...stateOf(reported?.state),
      ready: reported?.ready ?? false,
      restarts: reported?.restartCount ?? 0,
      pid: running.find((container) => container.metadata.name === name)?.pid,
    };
  };
  return {
    uid: metadata.uid,
    namespace: metadata.namespace!,
    name: metadata.name,
    status: summarizePod(pod).status,
    phase: status?.phase ?? 'Pending',
    ready: isReady(pod),
    ip: status?.podIP,
    owner: owner === undefined ? undefined : `${owner.kind}/${owner.name}`,
    containers: [
      ...(sandbox === undefined ? [] : [pauseView(sandbox)]),
      ...(spec.initContainers ?? []).map(({ name, image }) => cell(name, image ?? '', 'init')),
      ...spec.containers.map(({ name, image }) => cell(name, image ?? '', 'container')),
    ],
  };
}

function stateOf(state: ContainerState | undefined): Pick<ContainerView, 'state' | 'reason'> {
  if (state?.running !== undefined) return { state: 'running' };
  if (state?.terminated !== undefined) return { state: 'terminated', reason: state.terminated.reason };
  return { state: 'waiting', reason: state?.waiting?.reason };
}

function sandboxOf(pod: Pod, machine: NodeMachine): PodSandboxStatus | undefined {
  // A mirror Pod has a uid of its own; its sandbox bears that of the manifest.
  const uid = pod.metadata.annotations?.['kubernetes.io/config.mirror'] ?? pod.metadata.uid;
  return machine.runtime
    .inspect()
    .sandboxes.filter(({ metadata }) => metadata.uid === uid)
    .reduce<PodSandboxStatus | undefined>(
      (latest, each) => (latest === undefined || each.metadata.attempt > latest.metadata.attempt ? each : latest),
      undefined,
    );
}

function containersOf(sandbox: PodSandboxStatus, machine: NodeMachine): readonly ContainerStatus[] {
  return machine.runtime
    .inspect()
    .containers.filter(({ podSandboxId, state }) => podSandboxId === sandbox.id && state === 'CONTAINER_RUNNING');
}

function pauseView(sandbox: PodSandboxStatus): ContainerView {
  const alive = sandbox.state === 'SANDBOX_READY';
  return {
    name: 'pause',
    kind: 'pause',
    image: 'registry.k8s.io/pause',
    state: alive ? 'running' : 'terminated',
    ready: alive,
    restarts: sandbox.metadata.attempt,
    pid: alive ? sandbox.pid : undefined,
  };
}
