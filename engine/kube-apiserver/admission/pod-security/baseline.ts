import type { Container } from '../../../api/kinds.ts';
import { type Check, containersNamed, distinct, named, plural, quoted, setters } from './check.ts';

// https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline , in the words of
// k8s.io/pod-security-admission/policy. In the order of the real checks' names.

const CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];
const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';
/** By the version from which on they count as safe. */
const SYSCTLS: readonly (readonly [since: number, name: string])[] = [
  [0, 'kernel.shm_rmid_forced'],
  [0, 'net.ipv4.ip_local_port_range'],
  [0, 'net.ipv4.tcp_syncookies'],
  [0, 'net.ipv4.ping_group_range'],
  [0, 'net.ipv4.ip_unprivileged_port_start'],
  [27, 'net.ipv4.ip_local_reserved_ports'],
  [29, 'net.ipv4.tcp_keepalive_time'],
  [29, 'net.ipv4.tcp_fin_timeout'],
  [29, 'net.ipv4.tcp_keepalive_intvl'],
  [29, 'net.ipv4.tcp_keepalive_probes'],
  [32, 'net.ipv4.tcp_rmem'],
  [32, 'net.ipv4.tcp_wmem'],
];

const appArmor: Check = {
  find({ spec, containers, annotations }) {
    const bad = (context: { appArmorProfile?: { type?: string } } | undefined) =>
      context?.appArmorProfile?.type === 'Unconfined';
    const who = setters(
      bad(spec.securityContext),
      containers.filter(({ securityContext }) => bad(securityContext)),
    );
    const noted = Object.entries(annotations)
      .filter(([key, value]) => key.startsWith(APPARMOR_ANNOTATION) && !isSafeAppArmor(value))
      .map(([key, value]) => `${JSON.stringify(key)}=${JSON.stringify(value)}`)
      .sort();
    const details = [
      ...(who === undefined ? [] : [`${who} must not set AppArmor profile type to "Unconfined"`]),
      ...(noted.length === 0 ? [] : [`${plural('annotation', noted)} ${noted.join(', ')}`]),
    ];
    if (details.length === 0) return undefined;
    return { reason: 'forbidden AppArmor profile', detail: details.join(' and ') };
  },
};

function isSafeAppArmor(profile: string): boolean {
  return profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/');
}

const capabilities: Check = {
  find({ containers }) {
    const added = (container: Container) => container.securityContext?.capabilities?.add ?? [];
    const bad = containers.filter((container) => added(container).some((name) => !CAPABILITIES.has(name)));
    if (bad.length === 0) return undefined;
    const names = distinct(bad.flatMap(added).filter((name) => !CAPABILITIES.has(name)));
    const detail = `${containersNamed(bad)} must not include ${quoted(names)} in securityContext.capabilities.add`;
    return { reason: 'non-default capabilities', detail };
  },
};

const hostNamespaces: Check = {
  find({ spec }) {
    const set = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true);
    if (set.length === 0) return undefined;
    return { reason: 'host namespaces', detail: set.map((field) => `${field}=true`).join(', ') };
  },
};

const hostPathVolumes: Check = {
  find({ spec }) {
    const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
    return bad.length === 0 ? undefined : { reason: 'hostPath volumes', detail: named('volume', bad) };
  },
};

const hostPorts: Check = {
  find({ containers }) {
    const used = ({ ports = [] }: Container) => ports.map(({ hostPort = 0 }) => hostPort).filter((port) => port !== 0);
    const bad = containers.filter((container) => used(container).length > 0);
    if (bad.length === 0) return undefined;
    const ports = distinct(bad.flatMap(used).map(String));
    const uses = bad.length === 1 ? 'uses' : 'use';
    return {
      reason: 'hostPort',
      detail: `${containersNamed(bad)} ${uses} ${plural('hostPort', ports)} ${ports.join(', ')}`,
    };
  },
};

const probeHosts: Check = {
  since: 34,
  find({ containers }) {
    const bad = containers.filter((container) => hostsOf(container).length > 0);
    if (bad.length === 0) return undefined;
    const hosts = distinct(bad.flatMap(hostsOf));
    const uses = bad.length === 1 ? 'uses' : 'use';
    const what = plural('host', hosts);
    return {
      reason: 'probe or lifecycle host',
      detail: `${containersNamed(bad)} ${uses} probe or lifecycle ${what} ${quoted(hosts)}`,
    };
  },
};

function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  return [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap((handler) =>
    [handler?.httpGet?.host, handler?.tcpSocket?.host].filter((host) => host !== undefined && host !== ''),
  ) as string[];
}

const privileged: Check = {
  find({ containers }) {
    const bad = containers.filter(({ securityContext }) => securityContext?.privileged === true);
    if (bad.length === 0) return undefined;
    return { reason: 'privileged', detail: `${containersNamed(bad)} must not set securityContext.privileged=true` };
  },
};

const procMount: Check = {
  find({ containers }) {
    const type = ({ securityContext }: Container) => securityContext?.procMount ?? 'Default';
    const bad = containers.filter((container) => type(container) !== 'Default');
    if (bad.length === 0) return undefined;
    const types = quoted(distinct(bad.map(type)));
    return {
      reason: 'procMount',
      detail: `${containersNamed(bad)} must not set securityContext.procMount to ${types}`,
    };
  },
};

const seLinuxOptions: Check = {
  find({ spec, containers }, minor) {
    const allowed = minor >= 31 ? SELINUX_TYPES : SELINUX_TYPES.slice(0, 4);
    const options = [spec.securityContext, ...containers.map(({ securityContext }) => securityContext)].map(
      (context) => context?.seLinuxOptions ?? {},
    );
    const bad = options.map(
      ({ type = '', user = '', role = '' }) => !allowed.includes(type) || user !== '' || role !== '',
    );
    const who = setters(
      bad[0] === true,
      containers.filter((_, index) => bad[index + 1]),
    );
    if (who === undefined) return undefined;
    const types = distinct(options.map(({ type = '' }) => type).filter((type) => !allowed.includes(type)));
    const data = [
      ...(types.length === 0 ? [] : [`${plural('type', types)} ${quoted(types)}`]),
      ...(options.some(({ user = '' }) => user !== '') ? ['user may not be set'] : []),
      ...(options.some(({ role = '' }) => role !== '') ? ['role may not be set'] : []),
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${who} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
    };
  },
};

const seccompBaseline: Check = {
  since: 19,
  find({ spec, containers }) {
    const bad = (context: { seccompProfile?: { type?: string } } | undefined) =>
      context?.seccompProfile?.type === 'Unconfined';
    const who = setters(
      bad(spec.securityContext),
      containers.filter(({ securityContext }) => bad(securityContext)),
    );
    if (who === undefined) return undefined;
    return {
      reason: 'seccompProfile',
      detail: `${who} must not set securityContext.seccompProfile.type to "Unconfined"`,
    };
  },
};

const sysctls: Check = {
  find({ spec }, minor) {
    const safe = SYSCTLS.filter(([since]) => minor >= since).map(([, name]) => name);
    const bad = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !safe.includes(name));
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
  },
};

const windowsHostProcess: Check = {
  find({ spec, containers }) {
    const bad = (context: { windowsOptions?: { hostProcess?: boolean } } | undefined) =>
      context?.windowsOptions?.hostProcess === true;
    const who = setters(
      bad(spec.securityContext),
      containers.filter(({ securityContext }) => bad(securityContext)),
    );
    if (who === undefined) return undefined;
    return { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` };
  },
};

export const BASELINE: readonly Check[] = [
  appArmor,
  capabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  probeHosts,
  privileged,
  procMount,
  seLinuxOptions,
  seccompBaseline,
  sysctls,
  windowsHostProcess,
];

/** What restricted asks for more strictly itself. */
export const OVERRIDDEN: readonly Check[] = [capabilities, seccompBaseline];
