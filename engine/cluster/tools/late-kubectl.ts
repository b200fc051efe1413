import { completeKubectl, createKubectl, credentialsOf } from '../../kubectl/index.ts';
import { customMetricsManifest } from '../add-ons/custom-metrics-manifest.ts';
import { ingressNginxManifest } from '../add-ons/ingress-nginx-manifest.ts';
import { metricsServerManifest } from '../add-ons/metrics-server-manifest.ts';
import { nginxGatewayManifest } from '../add-ons/nginx-gateway-manifest.ts';
import { snapshotManifest } from '../add-ons/snapshots/index.ts';
import { certificateUser } from '../node/certificate-user.ts';
import type { Descriptions, KubectlTools } from '../workstation-tools.ts';

/** The manifests that are found without an internet: those of add-ons, at the addresses that their documentation gives. */
function manifestAt(url: string): string | undefined {
  return (
    ingressNginxManifest(url) ??
    nginxGatewayManifest(url) ??
    metricsServerManifest(url) ??
    customMetricsManifest(url) ??
    snapshotManifest(url)
  );
}

/** The learner's kubectl; what `kubectl explain` says of fields is handed in, since it is larger than all the rest. */
export const kubectlWith = (descriptions: () => Descriptions): KubectlTools => ({
  kubectl: (connect, release) =>
    createKubectl({
      connect: (target, process) =>
        connect(target.server, { name: target.userName, ...credentialsOf(target, process) }),
      version: release,
      descriptions,
      manifestAt,
    }),
  certificateUser,
  completeKubectl,
});
