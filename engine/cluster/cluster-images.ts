import type { Transport } from '../client/transport.ts';
import type { Registry } from '../containerd/image.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { Simulation } from '../sim/index.ts';
import { corednsImage } from './add-ons/coredns.ts';
import { csiImages } from './add-ons/csi-hostpath.ts';
import { ingressNginxImage } from './add-ons/ingress-nginx.ts';
import { kubeProxyImages } from './add-ons/kube-proxy.ts';
import { kubeRouterImage } from './add-ons/kube-router.ts';
import { type MetricsServers, metricsServerImage } from './add-ons/metrics-server.ts';
import { nginxGatewayImage } from './add-ons/nginx-gateway.ts';
import type { ControlPlanes } from './control-plane/control-planes.ts';
import { createRegistry } from './images/catalogue.ts';
import { customMetricsAdapterImage } from './images/custom-metrics-adapter.ts';
import { nvidiaDraDriverImage } from './images/gpu.ts';
import { sampleApiServerImage } from './images/sample-apiserver.ts';
import type { ClusterOptions } from './options.ts';
import type { WorkstationTools } from './workstation-tools.ts';

/** What programs in images reach that is no part of their images. */
export interface ImageSurroundings {
  readonly sim: Simulation;
  readonly tools: WorkstationTools;
  readonly controlPlanes: ControlPlanes;
  readonly etcdTools: Readonly<Record<string, Program>>;
  readonly metricsServers: MetricsServers;
  /** As a ServiceAccount of kube-system. */
  readonly connectAs: (account: string) => (process: Process) => Transport;
  /** As whoever the token among a process's files says it is. */
  readonly connectByToken: (process: Process) => Transport;
}

/** What the cluster's registries hold. */
export function clusterRegistry(options: ClusterOptions, surroundings: ImageSurroundings): Registry {
  const { sim, tools, controlPlanes, etcdTools, metricsServers, connectAs, connectByToken } = surroundings;
  const kubeProxy = kubeProxyImages(
    { sim, connect: connectAs('kube-proxy'), otherModes: (mode) => tools.proxyModes()(mode) },
    tools.programs,
  );
  const etcd = { etcd: controlPlanes.etcd, ...etcdTools };
  return createRegistry(etcd, (each) => controlPlanes.programs(each), tools.programs, [
    ...kubeProxy,
    corednsImage({ sim, connect: connectAs('coredns') }),
    kubeRouterImage({ sim, connect: connectAs('kube-router') }),
    metricsServerImage(tools.metricsServer({ sim, connect: connectByToken, serve: metricsServers.serve })),
    ingressNginxImage(tools.programs, tools.ingressNginx({ sim, connect: connectByToken })),
    nginxGatewayImage(tools.programs, tools.nginxGateway({ sim, connect: connectByToken })),
    sampleApiServerImage(tools.sampleApiServer({ sim, extensions: tools.apiExtensions })),
    customMetricsAdapterImage(tools.customMetricsAdapter({ connect: connectByToken })),
    nvidiaDraDriverImage(tools.nvidiaDraDriver({ sim, connect: connectByToken })),
    ...csiImages(tools.csiPrograms, tools.programs, { sim, connect: connectByToken }),
    ...(options.images ?? []),
  ]);
}
