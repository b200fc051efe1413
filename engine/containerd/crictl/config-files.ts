import { parse } from 'yaml';
import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { ContainerConfig, NamespaceMode, PodSandboxConfig } from '../cri.ts';
import { CallError } from './cri-client.ts';

// What `crictl runp` and `crictl create` are given: CRI's messages as JSON or YAML, with the names of its fields.
// https://github.com/kubernetes-sigs/cri-tools/blob/master/docs/crictl.md#run-pod-sandbox-with-config-file

/** A part of a file, which may hold anything. */
class Section {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
      throw new CallError(`${path}: an object is expected`);
    }
    this.#fields = (value ?? {}) as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  section(name: string): Section {
    return new Section(this.#get(name), `${this.#path}.${name}`);
  }

  sections(name: string): Section[] {
    return this.#list(name).map((value, at) => new Section(value, `${this.#path}.${name}[${at}]`));
  }

  text(name: string, otherwise = ''): string {
    const value = this.#get(name) ?? otherwise;
    if (typeof value !== 'string') throw this.#wrong(name, 'a string');
    return value;
  }

  texts(name: string): string[] {
    const list = this.#list(name);
    if (list.every((value) => typeof value === 'string')) return list;
    throw this.#wrong(name, 'a list of strings');
  }

  number(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
    throw this.#wrong(name, 'a number');
  }

  flag(name: string): boolean {
    const value = this.#get(name) ?? false;
    if (typeof value !== 'boolean') throw this.#wrong(name, 'true or false');
    return value;
  }

  map(name: string): Record<string, string> {
    const entries = Object.entries(this.section(name).#fields);
    if (entries.every(([, value]) => typeof value === 'string'))
      return Object.fromEntries(entries) as Record<string, string>;
    throw this.#wrong(name, 'a map of strings');
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  #list(name: string): unknown[] {
    const value = this.#get(name) ?? [];
    if (!Array.isArray(value)) throw this.#wrong(name, 'a list');
    return value;
  }

  #wrong(name: string, expected: string): CallError {
    return new CallError(`${this.#path}.${name}: ${expected} is expected`);
  }
}

function read(process: Process, path: string, what: string): Section {
  try {
    return new Section(parse(decode(process.readFile(path))) as unknown, what);
  } catch (error) {
    if (error instanceof CallError) throw error;
    if (error instanceof Errno) {
      const cause = error.code === 'ENOENT' ? `config at ${path} not found` : `open ${path}: ${error.message}`;
      throw new CallError(`load ${what}: ${cause}`);
    }
    throw new CallError(
      `load ${what}: unmarshal ${path}: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
    );
  }
}

/** As the numbers of CRI's enumeration or their names. */
const MODES: readonly NamespaceMode[] = ['POD', 'CONTAINER', 'NODE', 'TARGET'];

function mode(options: Section, name: string): NamespaceMode {
  return MODES[options.number(name) ?? 0] ?? 'POD';
}

/** Where the runtime puts what has no parent, as containerd does. */
const DEFAULT_PARENT = '/k8s.io';

/** @throws CallError */
export function readSandboxConfig(process: Process, path: string): PodSandboxConfig {
  const file = read(process, path, 'podSandboxConfig');
  const metadata = file.section('metadata');
  const [name, namespace, uid] = [metadata.text('name'), metadata.text('namespace'), metadata.text('uid')];
  // crictl itself asks for what the runtime would refuse.
  if (name === '' || namespace === '' || uid === '') {
    const missing = name === '' ? 'name' : namespace === '' ? 'namespace' : 'uid';
    throw new CallError(`run pod sandbox: ${missing} is not set in metadata`);
  }
  const linux = file.section('linux');
  const namespaces = linux.section('security_context').section('namespace_options');
  const dns = file.section('dns_config');
  return {
    metadata: { name, namespace, uid, attempt: metadata.number('attempt') ?? 0 },
    hostname: file.text('hostname', name),
    logDirectory: file.text('log_directory'),
    labels: file.map('labels'),
    annotations: file.map('annotations'),
    dnsConfig: { servers: dns.texts('servers'), searches: dns.texts('searches'), options: dns.texts('options') },
    portMappings: file.sections('port_mappings').map((mapping) => ({
      protocol: (['TCP', 'UDP', 'SCTP'] as const)[mapping.number('protocol') ?? 0] ?? 'TCP',
      containerPort: mapping.number('container_port') ?? 0,
      hostPort: mapping.number('host_port') ?? 0,
      hostIp: mapping.text('host_ip'),
    })),
    linux: {
      cgroupParent: linux.text('cgroup_parent', DEFAULT_PARENT),
      namespaces: { network: mode(namespaces, 'network'), pid: mode(namespaces, 'pid'), ipc: mode(namespaces, 'ipc') },
      sysctls: linux.map('sysctls'),
    },
  };
}

/** @throws CallError */
export function readContainerConfig(process: Process, path: string): ContainerConfig {
  const file = read(process, path, 'containerConfig');
  const metadata = file.section('metadata');
  const name = metadata.text('name');
  if (name === '') throw new CallError('create container: name is not set in metadata');
  const image = file.section('image').text('image');
  if (image === '') throw new CallError('create container: image is not set');
  const linux = file.section('linux');
  const workingDirectory = file.text('working_dir');
  return {
    metadata: { name, attempt: metadata.number('attempt') ?? 0 },
    image,
    command: file.texts('command'),
    args: file.texts('args'),
    ...(workingDirectory !== '' && { workingDirectory }),
    env: file.sections('envs').map((env) => ({ name: env.text('key'), value: env.text('value') })),
    mounts: file.sections('mounts').map((mount) => ({
      hostPath: mount.text('host_path'),
      containerPath: mount.text('container_path'),
      readOnly: mount.flag('readonly'),
    })),
    devices: [],
    labels: file.map('labels'),
    annotations: file.map('annotations'),
    logPath: file.text('log_path', `${name}.log`),
    stdin: file.flag('stdin'),
    stdinOnce: file.flag('stdin_once'),
    tty: file.flag('tty'),
    linux: {
      resources: resourcesOf(linux.section('resources')),
      security: securityOf(linux.section('security_context')),
    },
  };
}

function resourcesOf(resources: Section): ContainerConfig['linux']['resources'] {
  const [shares, quota, period] = ['cpu_shares', 'cpu_quota', 'cpu_period'].map((name) => resources.number(name));
  const memory = resources.number('memory_limit_in_bytes');
  return {
    ...(shares !== undefined && shares > 0 && { cpuShares: shares }),
    ...(quota !== undefined && quota > 0 && { cpuQuotaMillis: Math.round((quota / (period ?? 100_000)) * 1000) }),
    ...(memory !== undefined && memory > 0 && { memoryLimitBytes: memory }),
  };
}

function securityOf(security: Section): ContainerConfig['linux']['security'] {
  const user = security.section('run_as_user').number('value');
  const capabilities = security.section('capabilities');
  return {
    ...(user !== undefined && { runAsUser: user }),
    capabilities: { add: capabilities.texts('add_capabilities'), drop: capabilities.texts('drop_capabilities') },
    privileged: security.flag('privileged'),
    readOnlyRootFilesystem: security.flag('readonly_rootfs'),
    pidNamespace: MODES[security.section('namespace_options').number('pid') ?? 1] ?? 'CONTAINER',
  };
}
