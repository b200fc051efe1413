import type { CSINode, Node } from '../../api/kinds.ts';
import { csiNodes, nodes } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client } from '../../client/client.ts';

export interface DriverOnNode {
  readonly name: string;
  readonly nodeId: string;
  /** 0: as many as one likes. */
  readonly maxVolumes: number;
  readonly topology: Readonly<Record<string, string>>;
}

const NODE_IDS = 'csi.volume.kubernetes.io/nodeid';

/**
 * Tells the cluster that a driver is on this node: by the Node's labels and an annotation, and in the node's CSINode.
 * After `pkg/volume/csi/nodeinfomanager`.
 *
 * @throws StatusError, ConnectionError
 */
export function publishDriver(client: Client, nodeName: string, driver: DriverOnNode): void {
  const node = client.resource<Node>(nodes).get(nodeName);
  const ids = { ...nodeIds(node), [driver.name]: driver.nodeId };
  const metadata = { labels: driver.topology, annotations: { [NODE_IDS]: JSON.stringify(ids) } };
  client.resource<Node>(nodes).patch(nodeName, undefined, 'merge', { metadata });
  const { name, nodeId: nodeID, maxVolumes, topology } = driver;
  const entry = {
    name,
    nodeID,
    topologyKeys: Object.keys(topology).length === 0 ? null : Object.keys(topology),
    ...(maxVolumes > 0 ? { allocatable: { count: maxVolumes } } : {}),
  };
  changeDrivers(client, node, (drivers) => [...drivers.filter((each) => each.name !== name), entry as never]);
}

/** The driver is not on this node any more. */
export function withdrawDriver(client: Client, nodeName: string, driver: string): void {
  const node = client.resource<Node>(nodes).get(nodeName);
  const { [driver]: _, ...ids } = nodeIds(node);
  const text = Object.keys(ids).length === 0 ? null : JSON.stringify(ids);
  client.resource<Node>(nodes).patch(nodeName, undefined, 'merge', { metadata: { annotations: { [NODE_IDS]: text } } });
  changeDrivers(client, node, (drivers) => drivers.filter(({ name }) => name !== driver));
}

function nodeIds({ metadata }: Node): Readonly<Record<string, string>> {
  try {
    return JSON.parse(metadata.annotations?.[NODE_IDS] ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

type Drivers = NonNullable<CSINode['spec']>['drivers'];

function changeDrivers(client: Client, node: Node, change: (drivers: Drivers) => Drivers): void {
  const resource = client.resource<CSINode>(csiNodes);
  const { name, uid } = node.metadata;
  try {
    const found = resource.get(name);
    resource.update({ ...found, spec: { drivers: change(found.spec?.drivers ?? []) } });
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'NotFound') throw error;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }];
    const apiVersion = 'storage.k8s.io/v1';
    resource.create({
      apiVersion,
      kind: 'CSINode',
      metadata: { name, ownerReferences },
      spec: { drivers: change([]) },
    });
  }
}
