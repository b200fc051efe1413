import { DESCRIPTIONS } from '../api/schema/generated/descriptions.ts';
import { apiExtensions } from '../apiextensions-apiserver/index.ts';
import { crictl } from '../containerd/crictl/crictl.ts';
import { ctr } from '../containerd/ctr/ctr.ts';
import { csiPrograms } from '../csi-hostpath/index.ts';
import { ingressNginxProgram } from '../ingress-nginx/index.ts';
import { proxy } from '../kube-apiserver/proxy/proxy.ts';
import { readSchedule } from '../kube-controller-manager/cronjob/cron-times.ts';
import { otherModes } from '../kube-proxy/other-modes.ts';
import { completeKubectl, createKubectl } from '../kubectl/index.ts';
import { createNodePlugins } from '../kubelet/csi/node-plugins.ts';
import { createDeviceManager } from '../kubelet/device-manager/device-manager.ts';
import { GpuBehaviour } from '../linux/nvidia/behaviour.ts';
import { serveModel, train, vectorAdd } from '../linux/nvidia/cuda-programs.ts';
import { lspci, nvidiaSmi } from '../linux/nvidia/nvidia-smi.ts';
import { allPrograms } from '../linux/programs/all-programs.ts';
import { httpExchange } from '../linux/programs/go/http-client.ts';
import type { Program } from '../linux/syscalls.ts';
import { nginxGatewayProgram } from '../nginx-gateway-fabric/index.ts';
import { nvidiaDevicePlugin } from '../nvidia-device-plugin/program.ts';
import { tinyDevicePlugin } from '../tiny-device-plugin/tiny-device-plugin.ts';
import { customMetricsAdapter } from './custom-metrics-adapter.ts';
import { customMetricsManifest } from './custom-metrics-manifest.ts';
import { createEtcdctl } from './etcdctl/etcdctl.ts';
import { etcdutl } from './etcdctl/etcdutl.ts';
import { ingressNginxManifest } from './ingress-nginx-manifest.ts';
import { nginxGatewayManifest } from './nginx-gateway-manifest.ts';
import { requestFollower } from './requests/index.ts';
import { sampleApiServer } from './sample-apiserver.ts';
import { KUBERNETES_VERSION } from './versions.ts';
import type { WorkstationTools } from './workstation-tools.ts';

const GPU_PROGRAMS: Readonly<Record<string, Program>> = {
  lspci,
  'nvidia-device-plugin': nvidiaDevicePlugin,
  'nvidia-smi': nvidiaSmi,
  serve: serveModel,
  'tiny-device-plugin': tinyDevicePlugin,
  train,
  vectorAdd,
};

/** The workstation's tools, all there from the start. */
export const kubectlTools: WorkstationTools = {
  programs: {
    program(name, flavour) {
      return Object.hasOwn(GPU_PROGRAMS, name) ? GPU_PROGRAMS[name]! : allPrograms.program(name, flavour);
    },
  },
  kubectl: (connect) =>
    createKubectl({
      connect: ({ server, userName }) => connect(server, userName),
      version: KUBERNETES_VERSION,
      descriptions: () => DESCRIPTIONS,
      manifestAt: (url) => ingressNginxManifest(url) ?? nginxGatewayManifest(url) ?? customMetricsManifest(url),
    }),
  completeKubectl,
  criTools: { crictl, ctr },
  etcdTools: (dial) => ({ etcdctl: createEtcdctl(dial), etcdutl }),
  proxyModes: () => otherModes,
  readSchedule,
  apiExtensions: () => apiExtensions,
  httpExchange: () => httpExchange,
  serverProxy: () => proxy,
  requestFollower: () => requestFollower,
  createDeviceManager,
  gpuBehaviour: (gpus) => new GpuBehaviour(gpus),
  ingressNginx: ingressNginxProgram,
  nginxGateway: nginxGatewayProgram,
  sampleApiServer,
  customMetricsAdapter,
  createNodePlugins,
  csiPrograms,
};
