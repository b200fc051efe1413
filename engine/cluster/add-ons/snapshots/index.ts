import { stringify } from 'yaml';
import type { AddOnObject } from '../../bootstrap/kubeadm.ts';
import { CSI_HOSTPATH_OBJECTS, CSI_HOSTPATH_SNAPSHOT_CLASS } from '../csi-hostpath-objects.ts';
import { SNAPSHOT_CONTROLLER_RBAC, snapshotController } from './snapshot-controller-objects.ts';
import { SNAPSHOT_CRDS } from './snapshot-definitions.ts';

/**
 * What a cluster with storage begins with: a driver on every worker, and what snapshots of its volumes need. One
 * snapshot-controller without an election, which would write to etcd all day.
 */
export function storageObjects(): readonly AddOnObject[] {
  return [
    ...CSI_HOSTPATH_OBJECTS,
    ...Object.values(SNAPSHOT_CRDS).map(placed),
    ...SNAPSHOT_CONTROLLER_RBAC.map(placed),
    placed(snapshotController(1, ['--leader-election=false', '--enable-distributed-snapshotting=true'])),
    CSI_HOSTPATH_SNAPSHOT_CLASS,
  ];
}

interface Placeable {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
}

function placed(object: object): AddOnObject {
  const { apiVersion, kind, metadata } = object as Placeable;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return { path: `${group}${namespace}/${kind.toLowerCase()}s`, object };
}

const FILES =
  /^https:\/\/raw\.githubusercontent\.com\/kubernetes-csi\/external-snapshotter\/(?:v[678]\.\d+\.\d+|release-[678]\.\d+|master)\/(?:client\/config\/crd\/snapshot\.storage\.k8s\.io_([a-z]+)|deploy\/kubernetes\/snapshot-controller\/(rbac|setup)-snapshot-controller)\.yaml$/;

/** What the external-snapshotter's documentation has `kubectl apply -f` fetch, by its URLs. */
export function snapshotManifest(url: string): string | undefined {
  const [, crd, file] = FILES.exec(url) ?? [];
  if (crd !== undefined) return Object.hasOwn(SNAPSHOT_CRDS, crd) ? yaml([SNAPSHOT_CRDS[crd]!]) : undefined;
  if (file === 'rbac') return yaml(SNAPSHOT_CONTROLLER_RBAC);
  if (file === 'setup') return yaml([snapshotController(2, ['--leader-election=true'])]);
  return undefined;
}

function yaml(objects: readonly object[]): string {
  return objects.map((each) => stringify(each, { aliasDuplicateObjects: false })).join('---\n');
}
