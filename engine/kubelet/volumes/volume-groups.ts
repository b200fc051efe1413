import type { ContainerConfig } from '../../containerd/cri.ts';
import type { MountedVolumes } from './volume.ts';

/** Makes whoever runs in a container a member of the groups that its Pod's volumes name. After `GetExtraSupplementalGroupsForPod`. */
export function withVolumeGroups(config: ContainerConfig, volumes: MountedVolumes): ContainerConfig {
  const groups = [...volumes.values()].flatMap(({ gid }) => (gid === undefined ? [] : [gid]));
  if (groups.length === 0) return config;
  const { security } = config.linux;
  const supplementalGroups = [...new Set([...(security.supplementalGroups ?? []), ...groups])];
  return { ...config, linux: { ...config.linux, security: { ...security, supplementalGroups } } };
}
