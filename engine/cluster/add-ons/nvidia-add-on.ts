import type { AddOnObject } from '../bootstrap/kubeadm.ts';
import { NVIDIA_PLUGIN_IMAGE } from '../images/references.ts';
import type { ClusterOptions } from '../options.ts';

const NAME = 'nvidia-device-plugin-daemonset';
const labels = { name: 'nvidia-device-plugin-ds' };
const hostPath = (name: string, path: string) => ({ name, hostPath: { path, type: 'DirectoryOrCreate' } });

/** Whether the plugin is there from the start: where there are GPUs, unless told otherwise. */
export function hasNvidiaPlugin({ workers = [], nvidiaDevicePlugin }: ClusterOptions): boolean {
  return nvidiaDevicePlugin ?? workers.some(({ gpus = 0 }) => gpus > 0);
}

/**
 * The RuntimeClass `nvidia` and the device plugin's DaemonSet, after the project's static manifest, with devices handed
 * on through the Container Device Interface. https://github.com/NVIDIA/k8s-device-plugin
 */
export const NVIDIA_OBJECTS: readonly AddOnObject[] = [
  {
    path: '/apis/node.k8s.io/v1/runtimeclasses',
    object: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'nvidia' }, handler: 'nvidia' },
  },
  {
    path: '/apis/apps/v1/namespaces/kube-system/daemonsets',
    object: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: NAME, namespace: 'kube-system' },
      spec: {
        selector: { matchLabels: labels },
        updateStrategy: { type: 'RollingUpdate' },
        template: {
          metadata: { labels },
          spec: {
            nodeSelector: { 'nvidia.com/gpu.present': 'true' },
            tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
            priorityClassName: 'system-node-critical',
            runtimeClassName: 'nvidia',
            automountServiceAccountToken: false,
            containers: [
              {
                name: 'nvidia-device-plugin-ctr',
                image: NVIDIA_PLUGIN_IMAGE,
                env: [
                  { name: 'FAIL_ON_INIT_ERROR', value: 'false' },
                  { name: 'DEVICE_LIST_STRATEGY', value: 'cdi-cri' },
                ],
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
                volumeMounts: [
                  { name: 'device-plugin', mountPath: '/var/lib/kubelet/device-plugins' },
                  { name: 'cdi', mountPath: '/var/run/cdi' },
                ],
              },
            ],
            volumes: [hostPath('device-plugin', '/var/lib/kubelet/device-plugins'), hostPath('cdi', '/var/run/cdi')],
          },
        },
      },
    },
  },
];
