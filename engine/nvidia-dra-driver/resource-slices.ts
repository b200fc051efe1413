import { sameValue } from '../api/copy-on-write.ts';
import type { ResourceSlice } from '../api/extension-kinds.ts';
import type { Node } from '../api/kinds.ts';
import { nodes, resourceSlices } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import type { GpuStatus } from '../linux/nvidia.ts';
import { DRIVER, deviceOf } from './devices.ts';

/**
 * Publishes the GPUs of a node: a pool of its own, in one slice, which belongs to the Node and goes with it. What is published
 * already stays; what has changed begins a new generation of the pool.
 *
 * @throws StatusError, ConnectionError
 */
export function publishSlices(client: Client, nodeName: string, gpus: readonly GpuStatus[]): void {
  const slices = client.resource<ResourceSlice>(resourceSlices);
  const fieldSelector = `spec.nodeName=${nodeName},spec.driver=${DRIVER}`;
  const [known, ...others] = slices.list({ fieldSelector }).items;
  for (const { metadata } of others) slices.delete(metadata.name);
  const devices = gpus.map(deviceOf);
  const generation = known?.spec?.pool.generation ?? 0;
  const spec = (next: number) => ({
    driver: DRIVER,
    nodeName,
    pool: { name: nodeName, generation: next, resourceSliceCount: 1 },
    devices,
  });
  if (known === undefined) {
    const { metadata } = client.resource<Node>(nodes).get(nodeName);
    const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: metadata.uid, controller: true };
    slices.create({
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceSlice',
      metadata: { generateName: `${nodeName}-${DRIVER}-`, ownerReferences: [owner] },
      spec: spec(1),
    } as never);
  } else if (!sameValue(known.spec?.devices, devices)) {
    slices.update({ ...known, spec: spec(generation + 1) });
  }
}
