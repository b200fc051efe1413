import { crictl } from '../../containerd/crictl/crictl.ts';
import { ctr } from '../../containerd/ctr/ctr.ts';
import { csiPrograms } from '../../csi-hostpath/index.ts';
import { createDebianTools } from '../../debian/index.ts';
import { createHelm } from '../../helm/index.ts';
import { ingressNginxProgram } from '../../ingress-nginx/index.ts';
import { credentialsOf } from '../../kubectl/index.ts';
import { serveModel, train, vectorAdd } from '../../linux/nvidia/cuda-programs.ts';
import { lspci, nvidiaSmi } from '../../linux/nvidia/nvidia-smi.ts';
import { allPrograms } from '../../linux/programs/all-programs.ts';
import type { Program } from '../../linux/syscalls.ts';
import { nginxGatewayProgram } from '../../nginx-gateway-fabric/index.ts';
import { nvidiaDevicePlugin } from '../../nvidia-device-plugin/program.ts';
import { gpuKubeletPlugin } from '../../nvidia-dra-driver/program.ts';
import { tinyDevicePlugin } from '../../tiny-device-plugin/tiny-device-plugin.ts';
import { customMetricsAdapter } from '../add-ons/custom-metrics-adapter.ts';
import { metricsServerProgram } from '../add-ons/metrics-server-program.ts';
import { sampleApiServer } from '../add-ons/sample-apiserver.ts';
import { storageObjects } from '../add-ons/snapshots/index.ts';
import { readServerFiles } from '../api-server/server-files.ts';
import { createEtcdctl } from '../etcd/etcdctl/etcdctl.ts';
import { etcdutl } from '../etcd/etcdctl/etcdutl.ts';
import { createKubeadm } from '../kubeadm/program.ts';
import { KUBERNETES_VERSION } from '../versions.ts';
import type { ProgramTools } from '../workstation-tools.ts';

const GPU_PROGRAMS: Readonly<Record<string, Program>> = {
  lspci,
  'nvidia-device-plugin': nvidiaDevicePlugin,
  'nvidia-smi': nvidiaSmi,
  serve: serveModel,
  'tiny-device-plugin': tinyDevicePlugin,
  train,
  vectorAdd,
};

/** The programs of machines and images that no cluster needs to come up. */
export const programTools: ProgramTools = {
  serverFiles: () => readServerFiles,
  helm: (connect) =>
    createHelm({
      connect: (target, process) =>
        connect(target.server, { name: target.userName, ...credentialsOf(target, process) }),
      kubeVersion: KUBERNETES_VERSION,
    }),
  programs: {
    program(name, flavour) {
      return Object.hasOwn(GPU_PROGRAMS, name) ? GPU_PROGRAMS[name]! : allPrograms.program(name, flavour);
    },
  },
  criTools: { crictl, ctr },
  kubeadm: createKubeadm,
  debianTools: createDebianTools,
  etcdTools: (dial) => ({ etcdctl: createEtcdctl(dial), etcdutl }),
  ingressNginx: ingressNginxProgram,
  nginxGateway: nginxGatewayProgram,
  sampleApiServer,
  customMetricsAdapter,
  metricsServer: metricsServerProgram,
  csiPrograms,
  storageObjects,
  nvidiaDraDriver: gpuKubeletPlugin,
};
