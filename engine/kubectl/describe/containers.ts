import type {
  Container,
  ContainerState,
  ContainerStatus,
  LifecycleHandler,
  Pod,
  Probe,
  ResourceRequirements,
  SeccompProfile,
} from '../../api/kinds.ts';
import { milliValue, numericValue } from '../../api/quantity.ts';
import { type DescriptionWriter, longTime } from './description-writer.ts';

export interface ContainersOptions {
  /** `Containers` or `Init Containers`. */
  readonly label: string;
  readonly statuses: readonly ContainerStatus[];
  /** The Pod that the containers are in; absent for those of a template. */
  readonly pod?: Pod;
  readonly level: number;
}

/** After kubernetes/kubectl pkg/describe/describe.go (describeContainers). */
export function describeContainers(
  writer: DescriptionWriter,
  containers: readonly Container[],
  options: ContainersOptions,
): void {
  const { level, label } = options;
  if (containers.length === 0) {
    writer.line(level, `${label}: <none>`);
    return;
  }
  writer.line(level, `${label}:`);
  for (const container of containers) describeContainer(writer, container, options);
}

function describeContainer(writer: DescriptionWriter, container: Container, options: ContainersOptions): void {
  const { level, pod } = options;
  const status = options.statuses.find(({ name }) => name === container.name);
  const at = (text: string) => writer.line(2, text);
  writer.line(1, `${level > 0 ? ' ' : ''}${container.name}:`);
  if (pod !== undefined && status !== undefined) at(`Container ID:\t${status.containerID ?? ''}`);
  at(`Image:\t${container.image ?? ''}`);
  if (pod !== undefined && status !== undefined) at(`Image ID:\t${status.imageID ?? ''}`);
  describePorts(at, container);
  describeSeccomp(at, container.securityContext?.seccompProfile, '  ');
  if ((container.command?.length ?? 0) > 0) describeWords(at, 'Command', container.command!);
  if ((container.args?.length ?? 0) > 0) describeWords(at, 'Args', container.args!);
  if (pod !== undefined && status !== undefined) {
    describeState(at, 'State', status.state);
    if (status.lastState?.terminated !== undefined) describeState(at, 'Last State', status.lastState);
    at(`Ready:\t${status.ready ? 'True' : 'False'}`);
    at(`Restart Count:\t${status.restartCount}`);
  }
  describeResources(at, container.resources);
  for (const [name, probe] of [
    ['Liveness', container.livenessProbe],
    ['Readiness', container.readinessProbe],
    ['Startup', container.startupProbe],
  ] as const) {
    if (probe !== undefined) at(`${name}:\t${probeText(probe)}`);
  }
  describeEnvironment(at, container, pod);
  describeMounts(at, container);
}

function describePorts(at: (text: string) => void, { ports = [] }: Container): void {
  const list = (render: (port: (typeof ports)[number]) => string) => ports.map(render).join(', ');
  const named = (port: (typeof ports)[number]) =>
    port.name === undefined || port.name === '' ? '' : ` (${port.name})`;
  const label = ports.length > 1 ? 'Ports' : 'Port';
  at(
    `${label}:\t${ports.length === 0 ? '<none>' : list((port) => `${port.containerPort}/${port.protocol ?? 'TCP'}${named(port)}`)}`,
  );
  const hostLabel = ports.length > 1 ? 'Host Ports' : 'Host Port';
  at(
    `${hostLabel}:\t${ports.length === 0 ? '<none>' : list((port) => `${port.hostPort ?? 0}/${port.protocol ?? 'TCP'}${named(port)}`)}`,
  );
}

/** @param margin before what is said of the profile besides its kind */
export function describeSeccomp(at: (text: string) => void, profile: SeccompProfile | undefined, margin = ''): void {
  if (profile === undefined) return;
  at(`SeccompProfile:\t${profile.type}`);
  if (profile.type === 'Localhost') at(`${margin}LocalhostProfile:\t${profile.localhostProfile ?? ''}`);
}

function describeWords(at: (text: string) => void, label: string, words: readonly string[]): void {
  at(`${label}:`);
  for (const word of words) for (const line of word.split('\n')) at(`  ${line}`);
}

function describeState(at: (text: string) => void, label: string, state: ContainerState | undefined): void {
  if (state?.running !== undefined) {
    at(`${label}:\tRunning`);
    at(`  Started:\t${longTime(state.running.startedAt)}`);
  } else if (state?.terminated !== undefined) {
    const { terminated } = state;
    at(`${label}:\tTerminated`);
    if ((terminated.reason ?? '') !== '') at(`  Reason:\t${terminated.reason}`);
    if ((terminated.message ?? '') !== '') at(`  Message:\t${terminated.message}`);
    at(`  Exit Code:\t${terminated.exitCode}`);
    if ((terminated.signal ?? 0) > 0) at(`  Signal:\t${terminated.signal}`);
    at(`  Started:\t${longTime(terminated.startedAt)}`);
    at(`  Finished:\t${longTime(terminated.finishedAt)}`);
  } else {
    at(`${label}:\tWaiting`);
    if ((state?.waiting?.reason ?? '') !== '') at(`  Reason:\t${state!.waiting!.reason}`);
  }
}

export function describeResources(at: (text: string) => void, resources: ResourceRequirements | undefined): void {
  for (const [label, amounts] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const entries = Object.entries(amounts ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
    if (entries.length > 0) at(`${label}:`);
    for (const [name, amount] of entries) at(`  ${name}:\t${amount}`);
  }
}

function describeEnvironment(at: (text: string) => void, container: Container, pod: Pod | undefined): void {
  const { env = [], envFrom = [] } = container;
  if (envFrom.length > 0) {
    at('Environment Variables from:');
    for (const source of envFrom) {
      const [kind, reference] =
        source.configMapRef === undefined ? ['Secret', source.secretRef] : ['ConfigMap', source.configMapRef];
      const prefix = (source.prefix ?? '') === '' ? '' : ` with prefix '${source.prefix}'`;
      at(`  ${reference?.name ?? ''}\t${kind}${prefix}\tOptional: ${reference?.optional ?? false}`);
    }
  }
  if (env.length === 0) {
    at('Environment:\t<none>');
    return;
  }
  at('Environment:');
  for (const { name, value = '', valueFrom } of env) {
    if (valueFrom === undefined) {
      const [first = '', ...more] = value.split('\n');
      at(`  ${name}:\t${first}`);
      for (const line of more) at(`\t${line}`);
    } else if (valueFrom.fieldRef !== undefined) {
      const { apiVersion = 'v1', fieldPath } = valueFrom.fieldRef;
      at(`  ${name}:\t${podField(pod, fieldPath)} (${apiVersion}:${fieldPath})`);
    } else if (valueFrom.resourceFieldRef !== undefined) {
      const { resource, divisor = '0' } = valueFrom.resourceFieldRef;
      at(`  ${name}:\t${resourceAmount(container, resource, String(divisor))} (${resource})`);
    } else {
      const [kind, reference] =
        valueFrom.configMapKeyRef === undefined
          ? ['secret', valueFrom.secretKeyRef]
          : ['config map', valueFrom.configMapKeyRef];
      at(
        `  ${name}:\t<set to the key '${reference?.key}' ${kind === 'secret' ? 'in' : 'of'} ${kind} '${reference?.name ?? ''}'>\tOptional: ${reference?.optional ?? false}`,
      );
    }
  }
}

function describeMounts(at: (text: string) => void, { volumeMounts = [], volumeDevices = [] }: Container): void {
  if (volumeMounts.length === 0) at('Mounts:\t<none>');
  else at('Mounts:');
  for (const mount of [...volumeMounts].sort((left, right) => (left.mountPath < right.mountPath ? -1 : 1))) {
    const modes = [
      mount.readOnly === true ? 'ro' : 'rw',
      ...((mount.subPath ?? '') === '' ? [] : [`path=${JSON.stringify(mount.subPath)}`]),
    ];
    at(`  ${mount.mountPath} from ${mount.name} (${modes.join(',')})`);
  }
  if (volumeDevices.length > 0) {
    // The real command says so where there are no mounts.
    at(volumeMounts.length === 0 ? 'Devices:\t<none>' : 'Devices:');
    for (const device of [...volumeDevices].sort((left, right) => (left.devicePath < right.devicePath ? -1 : 1)))
      at(`  ${device.devicePath} from ${device.name}`);
  }
}

/** `http-get http://:80/ delay=0s timeout=1s period=10s #success=1 #failure=3`. */
function probeText(probe: Probe): string {
  const timing =
    `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s ` +
    `period=${probe.periodSeconds ?? 0}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  if (probe.grpc !== undefined) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${timing}`;
  return `${handlerText(probe)} ${timing}`;
}

function handlerText(handler: LifecycleHandler): string {
  if (handler.exec !== undefined) return `exec [${(handler.exec.command ?? []).join(' ')}]`;
  if (handler.httpGet !== undefined) {
    const { scheme = 'HTTP', host = '', port, path = '' } = handler.httpGet;
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') || path === '' ? path : `/${path}`}`;
  }
  if (handler.tcpSocket !== undefined) return `tcp-socket ${handler.tcpSocket.host ?? ''}:${handler.tcpSocket.port}`;
  return 'unknown';
}

/** What `describe` works out of a field itself; the real one leaves single labels and the kubelet's knowledge empty. */
function podField(pod: Pod | undefined, fieldPath: string): string {
  const field = /^metadata\.(name|namespace|uid)$/.exec(fieldPath)?.[1] as 'name' | 'namespace' | 'uid' | undefined;
  return field === undefined ? '' : (pod?.metadata[field] ?? '');
}

/** `limits.cpu` in units of the divisor, rounded up. */
function resourceAmount({ resources }: Container, reference: string, divisor: string): string {
  const [kind = '', ...rest] = reference.split('.');
  const name = rest.join('.');
  const amount = (kind === 'limits' ? resources?.limits : resources?.requests)?.[name];
  if (amount === undefined)
    return kind === 'limits' && (name === 'cpu' || name === 'memory') ? 'node allocatable' : '0';
  const value = name === 'cpu' ? milliValue : numericValue;
  return String(Math.ceil(value(amount) / value(divisor === '0' ? '1' : divisor)));
}
