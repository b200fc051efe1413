import type { CSINode } from '../../api/kinds.ts';
import { claimClass } from '../../client/volume-binding.ts';
import { changesOwnClaim, storageObject } from '../cluster-event.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import type { PluginFactory } from '../handle.ts';
import type { PodInfo } from '../pod-info.ts';
import { unschedulable } from '../rejection.ts';

const REJECTION = unschedulable('node(s) exceed max volume count');

/**
 * A CSI driver may attach only so many volumes to a node, as the node's CSINode tells. A volume that several Pods use counts
 * once. After `plugins/nodevolumelimits/csi.go`.
 */
export const nodeVolumeLimits: PluginFactory = ({ objects }) => ({
  name: 'NodeVolumeLimits',

  preFilter: (_state, { claims }) => (claims.length === 0 ? 'Skip' : undefined),

  filter(_state, info, node) {
    const limits = limitsOf(objects.csiNodes.get(node.name));
    if (limits.size === 0) return undefined;
    const wanted = volumesOf(info, objects);
    if (wanted.size === 0) return undefined;
    const attached = new Map<string, string>();
    for (const other of node.pods.values()) {
      for (const [volume, driver] of volumesOf(other, objects)) attached.set(volume, driver);
    }
    for (const [driver, limit] of limits) {
      const isOfDriver = (each: string): boolean => each === driver;
      const added = [...wanted].filter(([volume, each]) => each === driver && !attached.has(volume)).length;
      if (added > 0 && [...attached.values()].filter(isOfDriver).length + added > limit) return REJECTION;
    }
    return undefined;
  },

  mayHelp(event, info) {
    if (event.kind === 'NodeAdd') return true;
    if (event.kind === 'AssignedPodDelete') return event.info.claims.length > 0;
    return changesOwnClaim(event, info) || storageObject(event, 'CSINode') !== undefined;
  },
});

function limitsOf(csiNode: CSINode | undefined): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { name, allocatable } of csiNode?.spec?.drivers ?? []) {
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
  }
  return limits;
}

/** The Pod's volumes that have to be attached, with their drivers. One that is still to be made counts under its claim. */
function volumesOf({ pod, claims }: PodInfo, objects: ClusterObjects): ReadonlyMap<string, string> {
  const { namespace = '' } = pod.metadata;
  const volumes = new Map<string, string>();
  for (const name of claims) {
    const claim = objects.claims.get(name, namespace);
    if (claim === undefined) continue;
    const csi = objects.volumes.get(claim.spec.volumeName ?? '')?.spec.csi;
    if (csi !== undefined) {
      volumes.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
    } else if ((claim.spec.volumeName ?? '') === '') {
      const provisioner = objects.storageClasses.get(claimClass(claim))?.provisioner;
      if (provisioner !== undefined) volumes.set(`claim ${namespace}/${name}`, provisioner);
    }
  }
  return volumes;
}
