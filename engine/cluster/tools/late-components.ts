import { apiExtensions } from '../../apiextensions-apiserver/index.ts';
import { defaultSeccompProfile } from '../../containerd/default-seccomp-profile.ts';
import { readDatabase, writeDatabase } from '../../etcd/database.ts';
import { bootstrapTokenUser } from '../../kube-apiserver/authentication/bootstrap-tokens.ts';
import { proxy } from '../../kube-apiserver/proxy/proxy.ts';
import { addressUpkeep } from '../../kube-apiserver/registry/service/address-repair.ts';
import { tokenWork } from '../../kube-controller-manager/bootstrap/token-work.ts';
import { readSchedule } from '../../kube-controller-manager/cronjob/cron-times.ts';
import { claimWork } from '../../kube-controller-manager/resourceclaim/claim-work.ts';
import { otherModes } from '../../kube-proxy/other-modes.ts';
import { claimScheduling } from '../../kube-scheduler/dynamic-resources/claim-scheduling.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { createNodePlugins } from '../../kubelet/csi/node-plugins.ts';
import { createDeviceManager } from '../../kubelet/device-manager/device-manager.ts';
import { readConfiguration } from '../../kubelet/read-configuration.ts';
import { createSecurityModules } from '../../linux/confinement/security-modules.ts';
import { GpuBehaviour } from '../../linux/nvidia/behaviour.ts';
import { httpExchange } from '../../linux/programs/go/http-client.ts';
import { checkFlags } from '../component/component-flags/index.ts';
import { Balancer } from '../control-plane/balancer.ts';
import { lonelyEtcd } from '../etcd/lonely-etcd.ts';
import { etcdPlace } from '../etcd/members/etcd-flags.ts';
import { Members } from '../etcd/members/etcd-members.ts';
import { bootstrapKubelet } from '../node/kubelet-bootstrap.ts';
import { KubeletDoor } from '../node/kubelet-door.ts';
import { requestFollower } from '../requests/index.ts';
import { admitStart } from '../systemd/start-limit.ts';
import { unitCommand } from '../systemd/unit-command.ts';
import { readUnits } from '../systemd/unit-files.ts';
import type { ComponentTools } from '../workstation-tools.ts';

/** What components are not before a learner has had a say. */
export const componentTools: ComponentTools = {
  apiExtensions: () => apiExtensions,
  addressUpkeep: () => addressUpkeep,
  httpExchange: () => httpExchange,
  serverProxy: () => proxy,
  requestFollower: () => requestFollower,
  createDeviceManager,
  createNodePlugins,
  bootstrapTokenUser,
  bootstrapTokenWork: () => tokenWork,
  claimWork: () => claimWork,
  bootstrapKubelet,
  readKubeletConfiguration: readConfiguration,
  openKubeletDoor: (options) => new KubeletDoor(options),
  unitTools: { readUnits, unitCommand, admitStart },
  gpuBehaviour: (gpus) => new GpuBehaviour(gpus),
  securityModules: (kernel) => createSecurityModules(kernel, defaultSeccompProfile),
  readSchedule,
  claimPlugin: claimScheduling,
  startScheduler,
  checkFlags,
  proxyModes: () => otherModes,
  etcdDatabase: () => ({ readDatabase, writeDatabase }),
  etcdMembers: (sim, reachable) => new Members(sim, reachable),
  etcdPlace,
  balancer: (hostPort, backends) => new Balancer(hostPort, backends),
  lonelyEtcd,
};
