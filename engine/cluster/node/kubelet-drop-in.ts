import { BOOTSTRAP_KUBECONFIG, KUBELET_KUBECONFIG } from '../bootstrap/kubeadm.ts';
import { KUBELET_CONFIG_FILE } from '../machines/machine-files.ts';

const KUBECONFIG_ARGS = [`--bootstrap-kubeconfig=${BOOTSTRAP_KUBECONFIG}`, `--kubeconfig=${KUBELET_KUBECONFIG}`];
const CONFIG_ARGS = `--config=${KUBELET_CONFIG_FILE}`;

/** What the kubelet's command line comes to by that drop-in. */
export const KUBELET_ARGS: readonly string[] = [...KUBECONFIG_ARGS, CONFIG_ARGS];

/** What kubeadm's package adds to the kubelet's unit. https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/kubelet-integration/ */
export const KUBELET_DROP_IN = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=${KUBECONFIG_ARGS.join(' ')}"
Environment="KUBELET_CONFIG_ARGS=${CONFIG_ARGS}"
# Written by "kubeadm init" and "kubeadm join", with the flags that they found for KUBELET_KUBEADM_ARGS
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# Flags that you want to give the kubelet yourself, as KUBELET_EXTRA_ARGS; better in its configuration file
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;
