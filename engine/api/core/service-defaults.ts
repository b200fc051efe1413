import { changeItems, withDefaults, withField } from '../copy-on-write.ts';
import type { Service } from '../kinds.ts';

type Spec = Service['spec'];
type Port = NonNullable<Spec['ports']>[number];

const NO_SPEC = Object.freeze({}) as Spec;
const SPEC: Partial<Spec> = { sessionAffinity: 'None', type: 'ClusterIP' };
const THREE_HOURS = 10800;
const CLIENT_IP = { clientIP: Object.freeze({ timeoutSeconds: THREE_HOURS }) };
const HEADLESS = 'None';

/** Balancers ask each node whether it has endpoints where nodes pass nothing on to one another. */
export function needsHealthCheckPort({ type, externalTrafficPolicy }: Service['spec']): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

/** Whether a Service has an address of its own (or is headless), as all but aliases do. */
export function needsClusterIp({ type }: Spec): boolean {
  return type === 'ClusterIP' || isExternal({ type } as Spec);
}

/** Whether a Service is to be reached from outside, through the nodes. */
export function isExternal({ type }: Spec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

export function isHeadless({ clusterIP }: Spec): boolean {
  return clusterIP === HEADLESS;
}

function defaultPort(given: Port): Port {
  const port = (given.protocol as string | undefined) ? given : { ...given, protocol: 'TCP' as const };
  const { targetPort = 0 } = port;
  const isUnset = targetPort === 0 || targetPort === '';
  return isUnset && port.targetPort !== port.port ? { ...port, targetPort: port.port } : port;
}

function defaultSpec(given: Spec): Spec {
  let spec = changeItems(withDefaults(given, SPEC), 'ports', defaultPort);
  if (spec.sessionAffinity === 'None' && spec.sessionAffinityConfig !== undefined) {
    const { sessionAffinityConfig: _, ...rest } = spec;
    spec = rest as Spec;
  } else if (
    spec.sessionAffinity === 'ClientIP' &&
    spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined
  ) {
    spec = withField(spec, 'sessionAffinityConfig', CLIENT_IP);
  }
  if (isExternal(spec)) spec = withDefaults(spec, { externalTrafficPolicy: 'Cluster' });
  if (needsClusterIp(spec)) spec = withDefaults(spec, { internalTrafficPolicy: 'Cluster' });
  if (spec.type === 'LoadBalancer') spec = withDefaults(spec, { allocateLoadBalancerNodePorts: true });
  return spec;
}

/** After kubernetes/kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Service. */
export function defaultService(service: Service): Service {
  return withField(service, 'spec', defaultSpec(service.spec ?? NO_SPEC));
}
