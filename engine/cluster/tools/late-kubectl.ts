import { completeKubectl, createKubectl, credentialsOf } from '../../kubectl/index.ts';
import { customMetricsManifest } from '../add-ons/custom-metrics-manifest.ts';
import { ingressNginxManifest } from '../add-ons/ingress-nginx-manifest.ts';
import { nginxGatewayManifest } from '../add-ons/nginx-gateway-manifest.ts';
import { certificateUser } from '../node/certificate-user.ts';
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
