import type { Pod, Service } from '../../api/kinds.ts';
import { pods } from '../../api/resources.ts';
import { Errno } from '../../linux/errno.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isExpected } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { parseTarget, podsOf } from '../pods-of.ts';
import { relay } from '../remote-terminal.ts';
import { klogLine } from '../request-log.ts';
import { openSession } from '../stream.ts';

/** A port of this machine and the port of the Pod behind it. */
interface Forward {
  /** 0 lets the system choose. */
  readonly local: number;
  readonly remote: number;
}

const LOCALHOST = '127.0.0.1';

/** https://kubernetes.io/docs/tasks/access-application-cluster/port-forward-access-application-cluster/ */
export const portForward: Command = {
  name: 'port-forward',
  summary: 'Forward one or more local ports to a pod',
  section: 'Troubleshooting and Debugging Commands',
  usage: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  examples: ['kubectl port-forward pod/web 8080:80', 'kubectl port-forward service/web :http'],
  operand: 'pod',
  flags: [
    { name: 'address', type: 'stringSlice', default: 'localhost', help: 'Where to listen' },
    { name: 'pod-running-timeout', type: 'duration', default: '1m0s', help: 'How long to wait for a Pod that runs' },
  ],
  *run(invocation) {
    const { args, streams } = invocation;
    const [target, ...ports] = args;
    if (target === undefined || ports.length === 0) {
      throw invocation.usageError('TYPE/NAME and list of ports are required for port-forward');
    }
    const [pod] = podsOf(invocation, target);
    if (pod === undefined) throw new CommandError('timed out waiting for the condition');
    const service = serviceAt(invocation, target);
    const forwards = ports.map((text) => parsePorts(text, pod, service));
    const phase = pod.status?.phase ?? '';
    if (phase !== 'Running') {
      throw new CommandError(`unable to forward port because pod is not running. Current status=${phase}`);
    }
    const listening = listenAll(invocation, forwards);
    yield* streams.flush();
    return yield* serve(invocation, pod, listening);
  },
};

/** A Service's ports are translated to those of its Pods. */
function serviceAt(invocation: Invocation, target: string): Service | undefined {
  const { resource, names } = parseTarget(invocation, target);
  if (resource.kind !== 'Service') return undefined;
  return invocation.get(resource, names[0]!, invocation.namespace) as unknown as Service;
}

/** `8080:80`, `80`, `:80`, and the remote port also by name. */
function parsePorts(text: string, pod: Pod, service: Service | undefined): Forward {
  const parts = text.split(':');
  if (parts.length > 2) throw new CommandError(`invalid port format '${text}'`);
  const [first = '', second = first] = parts;
  const remote = remotePort(second, pod, service);
  const local = parts.length === 1 ? (service === undefined ? remote : portNumber(second, remote)) : first;
  if (local === '') return { local: 0, remote };
  if (!/^\d+$/.test(String(local)) || Number(local) > 65_535) {
    const problem = /^\d+$/.test(String(local)) ? 'value out of range' : 'invalid syntax';
    const reason = `strconv.ParseUint: parsing ${JSON.stringify(String(local))}: ${problem}`;
    throw new CommandError(`error parsing local port '${local}': ${reason}`);
  }
  return { local: Number(local), remote };
}

function portNumber(text: string, otherwise: number): number {
  return /^\d+$/.test(text) ? Number(text) : otherwise;
}

function remotePort(text: string, pod: Pod, service: Service | undefined): number {
  if (service !== undefined) return targetPort(text, pod, service);
  if (/^\d+$/.test(text)) {
    if (Number(text) > 0 && Number(text) <= 65_535) return Number(text);
    throw new CommandError('remote port must be > 0');
  }
  return containerPort(text, pod);
}

function containerPort(name: string, pod: Pod): number {
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []);
  const found = ports.find((port) => port.name === name);
  if (found === undefined) throw new CommandError(`Pod '${pod.metadata.name}' does not have a named port '${name}'`);
  return found.containerPort;
}

function targetPort(text: string, pod: Pod, { metadata, spec }: Service): number {
  const found = spec.ports?.find(({ port, name }) => String(port) === text || name === text);
  if (found === undefined) {
    throw new CommandError(
      /^\d+$/.test(text)
        ? `Service ${metadata.name} does not have a service port ${text}`
        : `Service '${metadata.name}' does not have a named port '${text}'`,
    );
  }
  const { targetPort: target = found.port } = found;
  // Without a cluster address nothing translates ports.
  if (spec.clusterIP === 'None') return found.port;
  return typeof target === 'number' ? target : containerPort(target, pod);
}

/** The listening descriptors and what is behind each. */
function listenAll(invocation: Invocation, forwards: readonly Forward[]): ReadonlyMap<number, Forward> {
  const { process, streams, flags } = invocation;
  const listening = new Map<number, Forward>();
  const addresses = flags.list('address').map((address) => (address === 'localhost' ? LOCALHOST : address));
  for (const { local, remote } of forwards) {
    for (const address of addresses) {
      try {
        const fd = process.listen(local, address);
        const { port } = process.localAddress(fd);
        listening.set(fd, { local: port, remote });
        streams.out(`Forwarding from ${address}:${port} -> ${remote}\n`);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        const reason = `unable to create listener: Error listen tcp4 ${address}:${local}: bind: ${error.message.toLowerCase()}`;
        streams.out(
          `Unable to listen on port ${local}: Listeners failed to create with the following errors: [${reason}]\n`,
        );
      }
    }
  }
  if (listening.size > 0) return listening;
  const list = forwards.map(({ local, remote }) => `{${local} ${remote}}`).join(' ');
  throw new CommandError(`unable to listen on any of the requested ports: [${list}]`);
}

/** Takes connections in until one could not be carried to the Pod. */
function* serve(invocation: Invocation, pod: Pod, listening: ReadonlyMap<number, Forward>): Task<number> {
  const { process } = invocation;
  process.setSignalAction('CHLD', 'catch');
  for (;;) {
    try {
      for (const fd of yield* process.poll([...listening.keys()])) {
        yield* accept(invocation, pod, fd, listening.get(fd)!);
      }
    } catch (error) {
      if (!(error instanceof Errno && error.code === 'EINTR')) throw error;
      process.takeSignals();
    }
    if (yield* anyFailed(process)) throw new CommandError('lost connection to pod');
  }
}

function* accept(invocation: Invocation, pod: Pod, fd: number, forward: Forward): Task<void> {
  const { process, streams } = invocation;
  const connection = yield* process.accept(fd);
  streams.out(`Handling connection for ${forward.local}\n`);
  yield* streams.flush();
  process.fork((child) => carry(invocation, child, pod, forward), {
    fds: { 0: connection.fd, 1: connection.fd, 2: 2 },
  });
  process.close(connection.fd);
}

/** Reaps the carriers that have ended. */
function* anyFailed(process: Process): Task<boolean> {
  let failed = false;
  for (;;) {
    const ended = yield* process.waitpid(-1, { noHang: true });
    if (ended === undefined) return failed;
    failed ||= ended.status.kind === 'exited' && ended.status.code !== 0;
  }
}

/** A process for each connection: bytes both ways until either side has ended. */
function* carry(invocation: Invocation, child: Process, pod: Pod, { local, remote }: Forward): Task<number> {
  const { namespace, name } = pod.metadata;
  try {
    const path = invocation.path(pods, namespace, name, 'portforward');
    const request = { method: 'GET', path, query: { ports: String(remote) } } as const;
    const { session } = yield* invocation.patiently(() => invocation.client.request(request));
    const opened = openSession(session!);
    try {
      const { message } = yield* relay(child, opened, true);
      if (message !== undefined) throw new CommandError(message);
      return 0;
    } finally {
      opened.close();
    }
  } catch (error) {
    if (!isExpected(error)) throw error;
    const message = `"Unhandled Error" err="an error occurred forwarding ${local} -> ${remote}: ${error.message}"`;
    yield* child.write(2, new TextEncoder().encode(klogLine(child, 'portforward.go:424', message, 'E')));
    return 1;
  }
}
