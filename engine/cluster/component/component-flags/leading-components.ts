import { type FlagNames, joined, SHARED_FLAGS, words } from './names.ts';

// Those of which one leads and the others wait.

const CLIENT_FLAGS: FlagNames = {
  string: words(`
    authentication-kubeconfig authorization-always-allow-paths authorization-kubeconfig kube-api-content-type kube-api-qps
    kubeconfig leader-elect-resource-lock leader-elect-resource-name leader-elect-resource-namespace master
  `),
  int: words('kube-api-burst'),
  bool: words('authentication-skip-lookup authentication-tolerate-lookup-failure leader-elect'),
  duration: words('leader-elect-lease-duration leader-elect-renew-deadline leader-elect-retry-period'),
};

/** https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/ */
export const SCHEDULER_FLAGS: FlagNames = joined(SHARED_FLAGS, CLIENT_FLAGS, {
  string: words('config write-config-to'),
  int: [],
  bool: [],
  duration: words('pod-max-in-unschedulable-pods-duration'),
});

/** https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/ */
export const CONTROLLER_MANAGER_FLAGS: FlagNames = joined(SHARED_FLAGS, CLIENT_FLAGS, {
  string: words(`
    cidr-allocator-type cloud-config cloud-provider cluster-cidr cluster-name cluster-signing-cert-file
    cluster-signing-key-file cluster-signing-kube-apiserver-client-cert-file cluster-signing-kube-apiserver-client-key-file
    cluster-signing-kubelet-client-cert-file cluster-signing-kubelet-client-key-file
    cluster-signing-kubelet-serving-cert-file cluster-signing-kubelet-serving-key-file
    cluster-signing-legacy-unknown-cert-file cluster-signing-legacy-unknown-key-file controllers
    external-cloud-volume-plugin flex-volume-plugin-dir horizontal-pod-autoscaler-tolerance leader-migration-config
    node-eviction-rate pv-recycler-pod-template-filepath-hostpath pv-recycler-pod-template-filepath-nfs root-ca-file
    secondary-node-eviction-rate service-account-private-key-file service-cluster-ip-range unhealthy-zone-threshold
    volume-host-cidr-denylist
  `),
  int: words(`
    concurrent-cron-job-syncs concurrent-daemonset-syncs concurrent-deployment-syncs concurrent-device-taint-eviction-syncs
    concurrent-endpoint-syncs concurrent-ephemeralvolume-syncs concurrent-gc-syncs
    concurrent-horizontal-pod-autoscaler-syncs concurrent-job-syncs concurrent-namespace-syncs concurrent-rc-syncs
    concurrent-replicaset-syncs concurrent-resource-claim-syncs concurrent-resource-quota-syncs
    concurrent-service-endpoint-syncs concurrent-service-syncs concurrent-serviceaccount-token-syncs
    concurrent-statefulset-syncs concurrent-ttl-after-finished-syncs concurrent-validating-admission-policy-status-syncs
    large-cluster-size-threshold max-endpoints-per-slice mirroring-concurrent-service-endpoint-syncs
    mirroring-max-endpoints-per-subset node-cidr-mask-size node-cidr-mask-size-ipv4 node-cidr-mask-size-ipv6
    pv-recycler-increment-timeout-nfs pv-recycler-minimum-timeout-hostpath pv-recycler-minimum-timeout-nfs
    pv-recycler-timeout-increment-hostpath terminated-pod-gc-threshold
  `),
  bool: words(`
    allocate-node-cidrs allow-untagged-cloud configure-cloud-routes disable-attach-detach-reconcile-sync
    disable-force-detach-on-timeout enable-dynamic-provisioning enable-garbage-collector enable-hostpath-provisioner
    enable-leader-migration use-service-account-credentials volume-host-allow-local-loopback
  `),
  duration: words(`
    attach-detach-reconcile-sync-period cluster-signing-duration controller-shutdown-timeout controller-start-interval
    endpoint-updates-batch-period endpointslice-updates-batch-period horizontal-pod-autoscaler-cpu-initialization-period
    horizontal-pod-autoscaler-downscale-stabilization horizontal-pod-autoscaler-initial-readiness-delay
    horizontal-pod-autoscaler-sync-period legacy-service-account-token-clean-up-period min-resync-period
    mirroring-endpointslice-updates-batch-period namespace-sync-period node-monitor-grace-period node-monitor-period
    node-startup-grace-period pvclaimbinder-sync-period resource-quota-sync-period route-reconciliation-period
  `),
});
