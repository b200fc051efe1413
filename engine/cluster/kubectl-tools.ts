import { DESCRIPTIONS } from '../api/schema/generated/descriptions.ts';
import { apiExtensions } from '../apiextensions-apiserver/index.ts';
import { completeKubectl, createKubectl } from '../kubectl/index.ts';
import { createDeviceManager } from '../kubelet/device-manager/device-manager.ts';
import { allPrograms } from '../linux/programs/all-programs.ts';
import { requestFollower } from './requests/index.ts';
import { KUBERNETES_VERSION } from './versions.ts';
import type { WorkstationTools } from './workstation-tools.ts';

/** The workstation's tools, all there from the start. */
export const kubectlTools: WorkstationTools = {
  programs: allPrograms,
  kubectl: (connect) =>
    createKubectl({
      connect: ({ server }) => connect(server),
      version: KUBERNETES_VERSION,
      descriptions: () => DESCRIPTIONS,
    }),
  completeKubectl,
  apiExtensions: () => apiExtensions,
  requestFollower: () => requestFollower,
  createDeviceManager,
};
