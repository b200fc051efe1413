import { type FlagNames, joined, SHARED_FLAGS, words } from './names.ts';

/** https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ */
export const API_SERVER_FLAGS: FlagNames = joined(SHARED_FLAGS, {
  string: words(`
    admission-control-config-file advertise-address api-audiences audit-log-format audit-log-mode audit-log-path
    audit-log-batch-throttle-qps audit-log-version audit-policy-file audit-webhook-batch-throttle-qps
    audit-webhook-config-file audit-webhook-mode audit-webhook-version authentication-config
    authentication-token-webhook-config-file authentication-token-webhook-version authorization-config authorization-mode
    authorization-policy-file authorization-webhook-config-file authorization-webhook-version cors-allowed-origins
    debug-socket-path disable-admission-plugins egress-selector-config-file enable-admission-plugins
    encryption-provider-config endpoint-reconciler-type etcd-cafile etcd-certfile etcd-keyfile etcd-prefix etcd-servers
    etcd-servers-overrides external-hostname goaway-chance kubelet-certificate-authority kubelet-client-certificate
    kubelet-client-key kubelet-preferred-address-types oidc-ca-file oidc-client-id oidc-groups-claim oidc-groups-prefix
    oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim oidc-username-prefix peer-advertise-ip
    peer-advertise-port peer-ca-file proxy-client-cert-file proxy-client-key-file runtime-config service-account-issuer
    service-account-jwks-uri service-account-key-file service-account-signing-endpoint service-account-signing-key-file
    service-cluster-ip-range service-node-port-range storage-backend storage-media-type
    strict-transport-security-directives token-auth-file tracing-config-file watch-cache-sizes
  `),
  int: words(`
    apiserver-count audit-log-batch-buffer-size audit-log-batch-max-size audit-log-batch-throttle-burst audit-log-maxage
    audit-log-maxbackup audit-log-maxsize audit-log-truncate-max-batch-size audit-log-truncate-max-event-size
    audit-webhook-batch-buffer-size audit-webhook-batch-max-size audit-webhook-batch-throttle-burst
    audit-webhook-truncate-max-batch-size audit-webhook-truncate-max-event-size default-not-ready-toleration-seconds
    default-unreachable-toleration-seconds default-watch-cache-size delete-collection-workers
    kubernetes-service-node-port lease-reuse-duration-seconds max-connection-bytes-per-sec max-mutating-requests-inflight
    max-requests-inflight min-request-timeout
  `),
  bool: words(`
    aggregator-reject-forwarding-redirect allow-privileged anonymous-auth audit-log-batch-throttle-enable
    audit-log-compress audit-log-truncate-enabled audit-webhook-batch-throttle-enable audit-webhook-truncate-enabled
    enable-aggregator-routing enable-bootstrap-token-auth
    enable-garbage-collector enable-logs-handler enable-priority-and-fairness encryption-provider-config-automatic-reload
    runtime-config-emulation-forward-compatible service-account-extend-token-expiration service-account-lookup
    shutdown-send-retry-after watch-cache
  `),
  duration: words(`
    audit-log-batch-max-wait audit-webhook-batch-max-wait audit-webhook-initial-backoff
    coordinated-leadership-lease-duration coordinated-leadership-renew-deadline coordinated-leadership-retry-period
    etcd-compaction-interval
    etcd-count-metric-poll-period etcd-db-metric-poll-interval etcd-healthcheck-timeout etcd-readycheck-timeout event-ttl
    kubelet-timeout livez-grace-period request-timeout service-account-max-token-expiration shutdown-delay-duration
    shutdown-watch-termination-grace-period
  `),
});
