import { changeField, changeItems, mapItems, withDefaults, withField, withoutField } from '../copy-on-write.ts';
import type { Container, LifecycleHandler, Probe } from '../kinds.ts';
import { canonicalQuantity } from '../quantity.ts';
import { type ResourceList, storedResourceList } from './resource-list.ts';

type Port = NonNullable<Container['ports']>[number];
type EnvVar = NonNullable<Container['env']>[number];
type HttpGet = NonNullable<Probe['httpGet']>;
type Grpc = NonNullable<Probe['grpc']>;
export type FieldRef = { apiVersion?: string; fieldPath: string };
export type ResourceFieldRef = { divisor?: string | number; resource: string };

const EMPTY_RESOURCES: NonNullable<Container['resources']> = Object.freeze({});

const CONTAINER: Partial<Container> = {
  resources: EMPTY_RESOURCES,
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};
const PORT: Partial<Port> = { protocol: 'TCP' };
const PROBE: Partial<Probe> = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const HTTP_GET: Partial<HttpGet> = { path: '/', scheme: 'HTTP' };
const GRPC: Partial<Grpc> = { service: '' };
const FIELD_REF: Partial<FieldRef> = { apiVersion: 'v1' };
const RESOURCE_FIELD_REF: Partial<ResourceFieldRef> = { divisor: '0' };

/**
 * Fills in what a container leaves out. Serves init containers and templates too.
 * After kubernetes/kubernetes pkg/apis/core/v1/defaults.go.
 */
export function defaultContainer<C extends Container>(given: C): C {
  let container = withDefaults<Container>(given, CONTAINER);
  if (container.imagePullPolicy === undefined && container.image !== undefined) {
    container = { ...container, imagePullPolicy: defaultPullPolicy(container.image) };
  }
  if (container.ports !== undefined) container = withField(container, 'ports', mapItems(container.ports, defaultPort));
  if (container.env !== undefined) container = withField(container, 'env', mapItems(container.env, defaultEnvVar));
  if (container.resources !== undefined) container = changeField(container, 'resources', defaultResources);
  if (container.livenessProbe !== undefined) container = changeField(container, 'livenessProbe', defaultProbe);
  if (container.readinessProbe !== undefined) container = changeField(container, 'readinessProbe', defaultProbe);
  if (container.startupProbe !== undefined) container = changeField(container, 'startupProbe', defaultProbe);
  if (container.lifecycle !== undefined) container = changeField(container, 'lifecycle', defaultLifecycle);
  return container as C;
}

/** Always for the tag `latest`, which no tag and no digest means; IfNotPresent for all others. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  if (image.includes('@')) return 'IfNotPresent';
  const colon = image.indexOf(':', image.lastIndexOf('/') + 1);
  return colon < 0 || image.slice(colon + 1) === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultPort(port: Port): Port {
  return withDefaults(port, PORT);
}

function defaultEnvVar(given: EnvVar): EnvVar {
  // The empty value is the absent one.
  const variable = given.value === '' ? withoutField(given, 'value') : given;
  if (variable.valueFrom === undefined) return variable;
  return changeField(variable, 'valueFrom', (source) =>
    changeField(changeField(source, 'fieldRef', defaultFieldRef), 'resourceFieldRef', defaultResourceFieldRef),
  );
}

export function defaultFieldRef<T extends FieldRef>(reference: T): T {
  return withDefaults<FieldRef>(reference, FIELD_REF) as T;
}

export function defaultResourceFieldRef<T extends ResourceFieldRef>(reference: T): T {
  const complete = withDefaults<ResourceFieldRef>(reference, RESOURCE_FIELD_REF);
  return withField(complete, 'divisor', canonicalQuantity(complete.divisor ?? '0')) as T;
}

export function defaultResources(resources: NonNullable<Container['resources']>): NonNullable<Container['resources']> {
  return changeField(
    changeField(resources, 'limits', storedResourceList),
    'requests',
    storedResourceList as (list: ResourceList) => ResourceList,
  );
}

function defaultProbe(given: Probe): Probe {
  const probe = withDefaults(given, PROBE);
  return changeField(changeField(probe, 'httpGet', defaultHttpGet), 'grpc', (grpc) => withDefaults(grpc, GRPC));
}

function defaultHttpGet(action: HttpGet): HttpGet {
  return withDefaults(action, HTTP_GET);
}

function defaultLifecycle(lifecycle: NonNullable<Container['lifecycle']>): NonNullable<Container['lifecycle']> {
  return changeField(changeField(lifecycle, 'postStart', defaultHandler), 'preStop', defaultHandler);
}

function defaultHandler(handler: LifecycleHandler): LifecycleHandler {
  return changeField(handler, 'httpGet', defaultHttpGet);
}

/** What is limited and not requested is requested: done for Pods, not for templates. */
export function defaultRequests(container: Container): Container {
  const { limits, requests } = container.resources ?? EMPTY_RESOURCES;
  if (limits === undefined) return container;
  for (const name in limits) {
    if (requests !== undefined && Object.hasOwn(requests, name)) continue;
    return { ...container, resources: { ...container.resources, requests: { ...limits, ...requests } } };
  }
  return container;
}

/** On the host's network a container's port is the host's: done for Pods, not for templates. */
export function defaultHostPorts(container: Container): Container {
  return changeItems(container, 'ports', (port: Port) =>
    (port.hostPort ?? 0) !== 0 || (port.containerPort ?? 0) === 0 ? port : { ...port, hostPort: port.containerPort },
  );
}
