import { expect, test } from 'vitest';
import { CSI_HOSTPATH_OBJECTS } from './csi-hostpath-objects.ts';

interface Labelled {
  readonly kind: string;
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: unknown;
}

const objectOf = (kind: string) =>
  CSI_HOSTPATH_OBJECTS.map(({ object }) => object as Labelled).find((object) => object.kind === kind);

// deploy/kubernetes-distributed of https://github.com/kubernetes-csi/csi-driver-host-path
test('the driver is labelled as its project labels it', () => {
  const project = {
    'app.kubernetes.io/instance': 'hostpath.csi.k8s.io',
    'app.kubernetes.io/part-of': 'csi-driver-host-path',
  };
  const plugin = {
    ...project,
    'app.kubernetes.io/name': 'csi-hostpathplugin',
    'app.kubernetes.io/component': 'plugin',
  };
  expect(objectOf('DaemonSet')).toMatchObject({
    metadata: { labels: plugin },
    spec: { selector: { matchLabels: plugin }, template: { metadata: { labels: plugin } } },
  });
  expect(objectOf('CSIDriver')?.metadata.labels).toEqual({
    ...project,
    'app.kubernetes.io/name': 'hostpath.csi.k8s.io',
    'app.kubernetes.io/component': 'csi-driver',
  });
});
