import type { Service } from '../api/kinds.ts';

/** One port of a Service, with everything that rules are made of. */
export interface ServicePort {
  /** `namespace/name:port`; without the colon when the port has no name. */
  readonly name: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly clusterIp: string;
  readonly port: number;
  /** 0 when there is none. */
  readonly nodePort: number;
  readonly externalIps: readonly string[];
  /** Addresses of the load balancer whose packets arrive as they are; with `ipMode: Proxy` they never do. */
  readonly loadBalancerIps: readonly string[];
  readonly sourceRanges: readonly string[];
  readonly externalLocal: boolean;
  readonly internalLocal: boolean;
  /** Of ClientIP affinity, in seconds; undefined for none. */
  readonly affinitySeconds: number | undefined;
  /** 0 when there is none. */
  readonly healthCheckNodePort: number;
}

/** Another proxy takes care of Services with this label. */
const PROXY_NAME_LABEL = 'service.kubernetes.io/service-proxy-name';
/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/: three hours */
const DEFAULT_AFFINITY_SECONDS = 10_800;

/** `namespace/name:port` */
export function servicePortName(namespace: string, service: string, port: string | undefined): string {
  const full = `${namespace}/${service}`;
  return port === undefined || port === '' ? full : `${full}:${port}`;
}

/** The ports of a Service that the proxy acts on; none of a headless one, an ExternalName, or another proxy's. */
export function servicePorts({ metadata, spec, status }: Service): readonly ServicePort[] {
  const { clusterIP = '', type = 'ClusterIP' } = spec;
  if (clusterIP === '' || clusterIP === 'None' || type === 'ExternalName') return [];
  if (metadata.labels?.[PROXY_NAME_LABEL] !== undefined) return [];
  const external = type === 'NodePort' || type === 'LoadBalancer' || (spec.externalIPs?.length ?? 0) > 0;
  const ingress = type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []) : [];
  const shared = {
    clusterIp: clusterIP,
    externalIps: (spec.externalIPs ?? []).filter(isIpv4),
    loadBalancerIps: ingress
      .flatMap(({ ip, ipMode }) => (ip !== undefined && ipMode !== 'Proxy' ? [ip] : []))
      .filter(isIpv4),
    sourceRanges: (spec.loadBalancerSourceRanges ?? [])
      .map((range) => range.trim())
      .filter((range) => !range.includes(':')),
    externalLocal: external && spec.externalTrafficPolicy === 'Local',
    internalLocal: spec.internalTrafficPolicy === 'Local',
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP'
        ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS)
        : undefined,
    healthCheckNodePort: spec.healthCheckNodePort ?? 0,
  };
  return (spec.ports ?? []).map(({ name, protocol = 'TCP', port, nodePort = 0 }) => ({
    ...shared,
    name: servicePortName(metadata.namespace ?? 'default', metadata.name, name),
    protocol: protocol.toLowerCase() as ServicePort['protocol'],
    port,
    nodePort,
  }));
}

/** Whether anybody outside the cluster can reach it. */
export function isExternallyAccessible({ nodePort, loadBalancerIps, externalIps }: ServicePort): boolean {
  return nodePort !== 0 || loadBalancerIps.length > 0 || externalIps.length > 0;
}

function isIpv4(address: string): boolean {
  return !address.includes(':');
}
