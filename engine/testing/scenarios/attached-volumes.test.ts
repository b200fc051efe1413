import { expect, test } from 'vitest';
import type { Node, PersistentVolumeClaim, VolumeAttachment } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';

// Volumes that lie on the network and are attached to one node at a time: a driver of the kind that clouds have, made of the
// hostpath driver with its directory on a share.

const NFS = `apiVersion: v1
kind: Service
metadata: {name: disks, namespace: kube-system}
spec: {clusterIP: 10.96.0.100, ports: [{name: nfs, port: 2049}], selector: {app: disks}}
---
apiVersion: v1
kind: Pod
metadata: {name: disks, namespace: kube-system, labels: {app: disks}}
spec:
  nodeName: control-plane
  volumes: [{name: disk, hostPath: {path: /srv/disks, type: DirectoryOrCreate}}]
  containers:
  - {name: server, image: "registry.k8s.io/volume-nfs:0.8", securityContext: {privileged: true}, volumeMounts: [{name: disk, mountPath: /exports}]}
`;

const image = (name: string, version: string) => `registry.k8s.io/sig-storage/${name}:${version}`;
const DRIVER_CONTAINER = `
      - name: driver
        image: ${image('hostpathplugin', 'v1.17.0')}
        args: [--drivername=disk.example.com, "--endpoint=unix:///csi/csi.sock", "--nodeid=$(NODE)", --statedir=/disks, --enable-attach=true]
        env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
        securityContext: {privileged: true}
        volumeMounts:
        - {name: socket, mountPath: /csi}
        - {name: disks, mountPath: /disks}
        - {name: pods, mountPath: /var/lib/kubelet/pods, mountPropagation: Bidirectional}`;
const SHARED = `
      - {name: disks, nfs: {server: 10.96.0.100, path: /}}
      - {name: pods, hostPath: {path: /var/lib/kubelet/pods}}`;

const DRIVER = `apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: disk.example.com}
spec: {attachRequired: true, fsGroupPolicy: File}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: disk}
provisioner: disk.example.com
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: disk-node, namespace: kube-system}
spec:
  selector: {matchLabels: {app: disk-node}}
  template:
    metadata: {labels: {app: disk-node}}
    spec:
      serviceAccountName: csi-hostpathplugin-sa
      containers:${DRIVER_CONTAINER}
      - name: registrar
        image: ${image('csi-node-driver-registrar', 'v2.14.0')}
        args: [--kubelet-registration-path=/var/lib/kubelet/plugins/disk/csi.sock]
        volumeMounts: [{name: socket, mountPath: /csi}, {name: registration, mountPath: /registration}]
      volumes:${SHARED}
      - {name: socket, hostPath: {path: /var/lib/kubelet/plugins/disk, type: DirectoryOrCreate}}
      - {name: registration, hostPath: {path: /var/lib/kubelet/plugins_registry}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: disk-controller, namespace: kube-system}
spec:
  selector: {matchLabels: {app: disk-controller}}
  template:
    metadata: {labels: {app: disk-controller}}
    spec:
      serviceAccountName: csi-hostpathplugin-sa
      nodeSelector: {kubernetes.io/hostname: control-plane}
      tolerations: [{operator: Exists}]
      containers:${DRIVER_CONTAINER}
      - {name: provisioner, image: "${image('csi-provisioner', 'v5.3.0')}", volumeMounts: [{name: socket, mountPath: /csi}]}
      - {name: attacher, image: "${image('csi-attacher', 'v4.9.0')}", volumeMounts: [{name: socket, mountPath: /csi}]}
      volumes:${SHARED}
      - {name: socket, emptyDir: {}}
`;

const CLAIM = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: disk, resources: {requests: {storage: 1Gi}}}
`;

const user = (name: string, node: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeSelector: {kubernetes.io/hostname: ${node}}
  terminationGracePeriodSeconds: 0
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeMounts: [{name: data, mountPath: /data}]}
`;

test('a volume follows its Pod from node to node, one at a time; a lost node keeps it for six minutes', () => {
  const bed = new Testbed({ storage: true });
  bed.apply(NFS);
  bed.apply(DRIVER);
  bed.apply(CLAIM);
  bed.apply(user('first', 'node-1'));
  bed.untilReady('first', 120);
  const { volumeName = '' } = bed.get<PersistentVolumeClaim>('pvc', 'data').spec;
  expect(bed.eventsOf('first')).toContainEqual(
    `SuccessfulAttachVolume: AttachVolume.Attach succeeded for volume "${volumeName}" `,
  );
  bed.kubectl('exec', 'first', '--', 'sh', '-c', 'echo kept > /data/note');
  const [attachment] = bed.list<VolumeAttachment>('volumeattachments');
  expect(attachment).toMatchObject({
    metadata: { finalizers: ['external-attacher/disk-example-com'] },
    spec: { attacher: 'disk.example.com', nodeName: 'node-1', source: { persistentVolumeName: volumeName } },
    status: { attached: true },
  });
  const [inUse = ''] = bed.get<Node>('node', 'node-1').status?.volumesInUse ?? [];
  expect(inUse).toMatch(/^kubernetes\.io\/csi\/disk\.example\.com\^/);
  expect(bed.get<Node>('node', 'node-1').status?.volumesAttached).toEqual([{ name: inUse, devicePath: '' }]);

  bed.apply(user('second', 'node-2'));
  bed.pass(130);
  expect(bed.eventsOf('second')).toEqual(
    expect.arrayContaining([
      `FailedAttachVolume: Multi-Attach error for volume "${volumeName}" Volume is already used by pod(s) first`,
      'FailedMount: Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data], failed to process volumes=[]: context deadline exceeded',
    ]),
  );
  bed.kubectl('delete', 'pod', 'first');
  bed.untilReady('second', 60);
  expect(bed.kubectl('exec', 'second', '--', 'cat', '/data/note')).toBe('kept\n');
  expect(bed.list<VolumeAttachment>('volumeattachments').map(({ spec }) => spec?.nodeName)).toEqual(['node-2']);

  bed.power('node-2', 'off');
  bed.pass(60);
  bed.kubectl('delete', 'pod', 'second', '--force', '--grace-period=0');
  bed.apply(user('third', 'node-1'));
  bed.pass(300);
  expect(bed.podView('third')?.ready).toBe(false);
  expect(bed.eventsOf('third')).toContainEqual(
    `FailedAttachVolume: Multi-Attach error for volume "${volumeName}" Volume is already exclusively attached to one node and can't be attached to another`,
  );
  bed.untilReady('third', 150);
  expect(bed.kubectl('exec', 'third', '--', 'cat', '/data/note')).toBe('kept\n');
});
