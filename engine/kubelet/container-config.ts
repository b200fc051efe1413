import type { Container, Pod, VolumeMount } from '../api/kinds.ts';
import type { ContainerConfig, ContainerDevice, ContainerMount } from '../containerd/cri.ts';
import { makeDirectories, makeIn } from '../linux/directory-tree.ts';
import type { Process } from '../linux/syscalls.ts';
import { hash32 } from '../sim/index.ts';
import { containerResources } from './cgroups.ts';
import type { DeviceRunOptions } from './devices.ts';
import { expand } from './expansion.ts';
import { podDirectory } from './host-files.ts';
import { withDefaultTag } from './images.ts';
import { containerHash } from './pod-actions.ts';
import { isHostNetwork } from './pod-format.ts';
import { podDomain, podHostname } from './pod-hostname.ts';
import { pidNamespaceMode } from './sandbox-config.ts';
import { configError, expandSubPath, prepareSubPath } from './sub-path.ts';
import type { MountedVolumes } from './volumes/volume.ts';

export interface ContainerSurroundings {
  readonly root: Process | undefined;
  readonly volumes: MountedVolumes;
  readonly env: ReadonlyMap<string, string>;
  readonly devices: DeviceRunOptions;
  readonly podIp: string | undefined;
  readonly image: string;
  readonly attempt: number;
  readonly clusterDomain: string;
  /** The node's memory: how much of it a container asks for decides who is killed first. */
  readonly capacityBytes: number;
  /** The container whose processes this one is to see. */
  readonly targetId: string | undefined;
}

/** What the runtime is told about a container. After `kuberuntime_container.go` (`generateContainerConfig`). */
export function containerConfig(pod: Pod, container: Container, around: ContainerSurroundings): ContainerConfig {
  const { name, namespace = 'default', uid } = pod.metadata;
  const { env, attempt, devices } = around;
  const mounts = around.root === undefined ? [] : makeMounts(around.root, pod, container, around);
  return {
    metadata: { name: container.name, attempt },
    image: around.image,
    command: (container.command ?? []).map((word) => expand(word, env)),
    args: (container.args ?? []).map((word) => expand(word, env)),
    workingDirectory: container.workingDir,
    env: variables(withDevices(env, devices)),
    mounts: mounts.concat(devices.mounts),
    devices: [...devices.devices, ...volumeDevices(container, around.volumes)],
    CDIDevices: devices.cdiDevices.map((device) => ({ name: device })),
    labels: {
      'io.kubernetes.container.name': container.name,
      'io.kubernetes.pod.name': name,
      'io.kubernetes.pod.namespace': namespace,
      'io.kubernetes.pod.uid': uid,
    },
    annotations: {
      ...devices.annotations,
      'io.kubernetes.container.hash': containerHash(container),
      'io.kubernetes.container.restartCount': String(attempt),
    },
    logPath: `${container.name}/${attempt}.log`,
    stdin: container.stdin === true,
    stdinOnce: container.stdinOnce === true,
    tty: container.tty === true,
    stopSignal: container.lifecycle?.stopSignal,
    linux: {
      resources: containerResources(pod, container, around.capacityBytes),
      security: securityOf(pod, container, around.targetId),
    },
  };
}

/** What the Pod says comes after what plugins say. */
function withDevices(env: ReadonlyMap<string, string>, { envs }: DeviceRunOptions): ReadonlyMap<string, string> {
  const ofPlugins = Object.entries(envs);
  return ofPlugins.length === 0 ? env : new Map([...ofPlugins, ...env]);
}

function variables(env: ReadonlyMap<string, string>): ContainerConfig['env'] {
  const list: { name: string; value: string }[] = [];
  for (const [name, value] of env) list.push({ name, value });
  return list;
}

/** https://kubernetes.io/docs/tutorials/security/seccomp/ */
const SECCOMP_DIRECTORY = '/var/lib/kubelet/seccomp';

/** https://kubernetes.io/docs/tasks/configure-pod-container/security-context/ */
function securityOf(
  pod: Pod,
  container: Container,
  targetId: string | undefined,
): ContainerConfig['linux']['security'] {
  const own = container.securityContext ?? {};
  const { runAsUser, runAsGroup, seccompProfile, appArmorProfile } = { ...pod.spec.securityContext, ...own };
  return {
    runAsUser,
    runAsGroup,
    supplementalGroups: groupsOf(pod),
    supplementalGroupsPolicy: pod.spec.securityContext?.supplementalGroupsPolicy === 'Strict' ? 'Strict' : 'Merge',
    privileged: own.privileged === true,
    readOnlyRootFilesystem: own.readOnlyRootFilesystem === true,
    capabilities: own.capabilities,
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    seccomp: seccompProfile?.type as 'RuntimeDefault' | undefined,
    ...(seccompProfile?.type === 'Localhost' && {
      seccompFile: `${SECCOMP_DIRECTORY}/${seccompProfile.localhostProfile ?? ''}`,
    }),
    ...(appArmorProfile && {
      appArmor: appArmorProfile.type as 'RuntimeDefault',
      appArmorProfile: appArmorProfile.localhostProfile,
    }),
    pidNamespace: targetId === undefined ? pidNamespaceMode(pod) : 'TARGET',
    targetId,
  };
}

/** A container that says nothing of seccomp, on a kubelet with `seccompDefault`. */
export function withSeccompDefault(config: ContainerConfig, seccompDefault: boolean): ContainerConfig {
  const { linux } = config;
  if (!seccompDefault || linux.security.seccomp !== undefined) return config;
  return { ...config, linux: { ...linux, security: { ...linux.security, seccomp: 'RuntimeDefault' } } };
}

function groupsOf(pod: Pod): readonly number[] {
  const { fsGroup, supplementalGroups = [] } = pod.spec.securityContext ?? {};
  return fsGroup === undefined ? supplementalGroups : [...supplementalGroups, fsGroup];
}

function makeMounts(root: Process, pod: Pod, container: Container, around: ContainerSurroundings): ContainerMount[] {
  const mounts = (container.volumeMounts ?? []).map((mount) => volumeMount(root, container, mount, around));
  const mountsOver = (path: string): boolean => mounts.some(({ containerPath }) => containerPath === path);
  if (!mountsOver('/etc/hosts')) {
    mounts.push({ hostPath: writeHosts(root, pod, around), containerPath: '/etc/hosts', readOnly: false });
  }
  const messagePath = container.terminationMessagePath ?? '/dev/termination-log';
  if (messagePath !== '' && !mountsOver(messagePath)) {
    const hostPath = terminationLog(pod, container.name, around.attempt);
    makeDirectories(root, hostPath.slice(0, hostPath.lastIndexOf('/')), 0o750);
    root.writeFile(hostPath, '', { mode: 0o666 });
    root.chmod(hostPath, 0o666);
    mounts.push({ hostPath, containerPath: messagePath, readOnly: false });
  }
  return mounts;
}

/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/#pod-specification-adding-a-raw-block-device-in-container */
function volumeDevices({ name: container, volumeDevices: wanted = [] }: Container, volumes: MountedVolumes) {
  return wanted.map(({ name, devicePath }): ContainerDevice => {
    const volume = volumes.get(name);
    if (volume === undefined) throw configError(`cannot find volume "${name}" to pass into container "${container}"`);
    return { hostPath: volume.hostPath, containerPath: devicePath, permissions: volume.readOnly ? 'r' : 'mrw' };
  });
}

function volumeMount(
  root: Process,
  container: Container,
  mount: VolumeMount,
  { volumes, env }: ContainerSurroundings,
): ContainerMount {
  const volume = volumes.get(mount.name);
  if (volume === undefined) {
    throw configError(`cannot find volume "${mount.name}" to mount into container "${container.name}"`);
  }
  const subPath = mount.subPathExpr === undefined ? (mount.subPath ?? '') : expandSubPath(mount.subPathExpr, env);
  const containerPath = mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`;
  if (volume.image !== undefined) {
    return {
      hostPath: '',
      containerPath,
      readOnly: true,
      image: withDefaultTag(volume.image.reference),
      imageSubPath: subPath,
    };
  }
  return {
    hostPath: subPath === '' ? volume.hostPath : prepareSubPath(root, container, mount, volume.hostPath, subPath),
    containerPath,
    readOnly: mount.readOnly === true || volume.readOnly,
    propagation: mount.mountPropagation,
  };
}

/** The file on the host that a container's termination message is read from. */
export function terminationLog(pod: Pod, container: string, attempt: number): string {
  const id = hash32(`${pod.metadata.uid}/${container}/${attempt}`, 0).toString(16).padStart(8, '0');
  return `${podDirectory(pod.metadata.uid)}/containers/${container}/${id}`;
}

/** https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/ */
function writeHosts(root: Process, pod: Pod, { podIp, clusterDomain }: ContainerSurroundings): string {
  const directory = podDirectory(pod.metadata.uid);
  const path = `${directory}/etc-hosts`;
  const { hostAliases = [] } = pod.spec;
  let text: string;
  if (isHostNetwork(pod)) {
    const ofNode = root.access('/etc/hosts', 'exists') ? root.readText('/etc/hosts') : '';
    text = `# Kubernetes-managed hosts file (host network).\n${ofNode}`;
  } else {
    const name = podHostname(pod);
    const domain = podDomain(pod, clusterDomain);
    const names = domain === undefined ? name : `${name}.${domain}\t${name}`;
    text = `${HOSTS_HEAD}${podIp === undefined ? '' : `${podIp}\t${names}\n`}`;
  }
  const extra = hostAliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`).join('');
  const all = extra === '' ? text : `${text}\n# Entries added by HostAliases.\n${extra}`;
  makeIn(root, directory, 0o750, () => root.writeFile(path, all));
  return path;
}

const HOSTS_HEAD = `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
fe00::\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
`;
