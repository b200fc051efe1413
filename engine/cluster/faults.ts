import type { Host } from '../linux/host.ts';
import type { Fabric } from '../linux/index.ts';
import { SIGNAL_NUMBERS, type Signal } from '../linux/signal.ts';
import type { Fault } from './input.ts';
import type { BuiltMachine } from './machines/machine-host.ts';
import type { NodeMachine } from './node/node-machine.ts';

/** The machines that a fault can name. */
export interface FaultTargets {
  readonly nodes: readonly NodeMachine[];
  readonly machines: ReadonlyMap<string, BuiltMachine>;
  readonly fabric: Fabric;
  /** Called when machines hear each other no more, or again. */
  networkChanged(): void;
}

/**
 * Breaks something.
 *
 * @throws Error when there is no such machine, container, process or file: a fault that does nothing would teach a lie.
 */
export function inflict(fault: Fault, targets: FaultTargets): void {
  switch (fault.type) {
    case 'kill-container':
      killContainer(fault, targets);
      break;
    case 'kill-process':
      killProcess(fault, targets);
      break;
    case 'power-off':
      nodeMachine(targets, fault.host).powerOff();
      break;
    case 'shutdown':
      nodeMachine(targets, fault.host).shutDown();
      break;
    case 'power-on':
      nodeMachine(targets, fault.host).powerOn();
      break;
    case 'partition':
    case 'latency':
    case 'packet-loss':
    case 'heal':
      breakNetwork(fault, targets);
      break;
    case 'move-file':
      findHost(targets, fault.host).root.rename(fault.from, fault.to);
      break;
    case 'gpu-xid':
    case 'gpu-unplug':
    case 'gpu-reset':
      breakGpu(fault, targets);
      break;
  }
}

function breakNetwork(
  fault: Extract<Fault, { readonly hosts: readonly [string, string] }>,
  targets: FaultTargets,
): void {
  const [a, b] = fault.hosts.map((name) => findHost(targets, name).name);
  if (a === undefined || b === undefined || a === b) throw new Error('a fault of the network is between two machines');
  const { fabric } = targets;
  if (fault.type === 'latency') {
    if (!(fault.latencyMs >= 0)) throw new Error(`no packet takes ${fault.latencyMs} ms`);
    fabric.setLatency(a, b, fault.latencyMs);
  } else if (fault.type === 'packet-loss') {
    if (!(fault.probability >= 0 && fault.probability <= 1)) throw new Error(`${fault.probability} is no probability`);
    fabric.setLoss(a, b, fault.probability);
  } else {
    fabric.setPartition(a, b, fault.type === 'partition');
    if (fault.type === 'heal') {
      fabric.setLatency(a, b, undefined);
      fabric.setLoss(a, b, 0);
    }
    targets.networkChanged();
  }
}

function killContainer(fault: Fault & { type: 'kill-container' }, { nodes }: FaultTargets): void {
  for (const machine of nodes) {
    const pid = mainProcess(machine, fault);
    if (pid === undefined) continue;
    machine.host.kill(pid, signalOf(fault.signal));
    return;
  }
  throw new Error(`no running container "${fault.container}" in Pod "${fault.namespace}/${fault.pod}"`);
}

/** The pid on the machine of a container's first process, if the container runs there; the Pod's first unless told. */
export function mainProcess(
  { runtime }: NodeMachine,
  fault: { readonly namespace: string; readonly pod: string; readonly container?: string | undefined },
): number | undefined {
  const sandbox = runtime
    .listPodSandboxes()
    .filter(({ state }) => state === 'SANDBOX_READY')
    .find(({ metadata }) => metadata.namespace === fault.namespace && metadata.name === fault.pod);
  if (sandbox === undefined || fault.container === 'pause') return sandbox?.pid;
  return runtime
    .listContainers()
    .filter(({ podSandboxId, state }) => podSandboxId === sandbox.id && state === 'CONTAINER_RUNNING')
    .find(({ metadata }) => fault.container === undefined || metadata.name === fault.container)?.pid;
}

function killProcess(fault: Fault & { type: 'kill-process' }, targets: FaultTargets): void {
  const host = findHost(targets, fault.host);
  const victims = host.processes().filter(({ argv }) => argv[0]?.split('/').at(-1) === fault.process);
  if (victims.length === 0) throw new Error(`no process "${fault.process}" on ${fault.host}`);
  for (const { hostPid } of victims) host.kill(hostPid, signalOf(fault.signal));
}

function signalOf(name: string | undefined): Signal {
  const signal = (name ?? 'KILL').replace(/^SIG/, '');
  if (!Object.hasOwn(SIGNAL_NUMBERS, signal)) throw new Error(`there is no signal "${name}"`);
  return signal as Signal;
}

function breakGpu(fault: Fault & { type: 'gpu-xid' | 'gpu-unplug' | 'gpu-reset' }, targets: FaultTargets): void {
  const { host, gpus } = findMachine(targets, fault.host);
  if (gpus === undefined) throw new Error(`${fault.host} has no GPUs`);
  if (fault.type === 'gpu-xid') gpus.fail(fault.gpu, fault.xid);
  else if (fault.type === 'gpu-unplug') gpus.unplug(fault.gpu);
  else gpus.reset(fault.gpu);
  host.updateDeviceNodes();
}

function findHost(targets: FaultTargets, name: string): Host {
  return findMachine(targets, name).host;
}

function findMachine({ machines }: FaultTargets, name: string): BuiltMachine {
  const machine = machines.get(name);
  if (machine === undefined) {
    throw new Error(`there is no machine "${name}"; there are ${[...machines.keys()].join(', ')}`);
  }
  return machine;
}

function nodeMachine({ nodes }: FaultTargets, name: string): NodeMachine {
  const machine = nodes.find(({ host }) => host.name === name);
  if (machine === undefined) throw new Error(`there is no node "${name}"`);
  return machine;
}
