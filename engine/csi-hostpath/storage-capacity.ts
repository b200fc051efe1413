import type { CSIStorageCapacity, StorageClass } from '../api/kinds.ts';
import { csiStorageCapacities } from '../api/resources.ts';
import { CONTROLLER } from '../csi/spec.ts';
import type { Task } from '../sim/index.ts';
import { callDriver } from './driver-call.ts';
import type { SidecarSetup } from './sidecar.ts';

const NAMESPACE = 'kube-system';
const DRIVER = 'csi.storage.k8s.io/drivername';
const MANAGED_BY = 'csi.storage.k8s.io/managed-by';

/**
 * Tells the scheduler how much room there is for volumes of each class here.
 * https://kubernetes.io/docs/concepts/storage/storage-capacity/
 */
export function* publishCapacity(setup: SidecarSetup, classes: readonly StorageClass[]): Task<void> {
  const { client, driver, nodeId, process, topology } = setup;
  const owner = `external-provisioner-${nodeId}`;
  const resource = client.resource<CSIStorageCapacity>(csiStorageCapacities);
  const own = resource.list({ namespace: NAMESPACE, labelSelector: `${MANAGED_BY}=${owner}` }).items;
  const wanted = classes.filter(({ provisioner }) => provisioner === driver);
  for (const { metadata, parameters = {} } of wanted) {
    const { available_capacity, maximum_volume_size } = yield* callDriver(process, CONTROLLER, 'GetCapacity', {
      parameters,
      accessible_topology: { segments: topology },
    });
    const room = {
      capacity: quantity(available_capacity),
      ...(maximum_volume_size === undefined ? {} : { maximumVolumeSize: quantity(maximum_volume_size.value) }),
    };
    const found = own.find(({ storageClassName }) => storageClassName === metadata.name);
    if (found === undefined) {
      resource.create({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'CSIStorageCapacity',
        metadata: { generateName: 'csisc-', namespace: NAMESPACE, labels: { [DRIVER]: driver, [MANAGED_BY]: owner } },
        nodeTopology: { matchLabels: topology },
        storageClassName: metadata.name,
        ...room,
      } as never);
    } else if (found.capacity !== room.capacity) resource.update({ ...found, ...room });
  }
  for (const each of own) {
    if (wanted.some(({ metadata }) => metadata.name === each.storageClassName)) continue;
    resource.delete(each.metadata.name, NAMESPACE);
  }
}

function quantity(bytes: number): string {
  return `${Math.floor(bytes / 1024)}Ki`;
}
