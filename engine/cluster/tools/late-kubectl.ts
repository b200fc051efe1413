import { completeKubectl, createKubectl, credentialsOf } from '../../kubectl/index.ts';
import { certificateUser } from '../certificate-user.ts';
import { customMetricsManifest } from '../custom-metrics-manifest.ts';
import { ingressNginxManifest } from '../ingress-nginx-manifest.ts';
import { nginxGatewayManifest } from '../nginx-gateway-manifest.ts';
import type { Descriptions, KubectlTools } from '../workstation-tools.ts';

/** The learner's kubectl; what `kubectl explain` says of fields is handed in, since it is larger than all the rest. */
export const kubectlWith = (descriptions: () => Descriptions): KubectlTools => ({
  kubectl: (connect, release) =>
    createKubectl({
      connect: (target, process) =>
        connect(target.server, { name: target.userName, ...credentialsOf(target, process) }),
      version: release,
      descriptions,
      manifestAt: (url) => ingressNginxManifest(url) ?? nginxGatewayManifest(url) ?? customMetricsManifest(url),
    }),
  certificateUser,
  completeKubectl,
});
