import type { ConfigMap, Container, Pod } from '../api/kinds.ts';
import { numericValue } from '../api/quantity.ts';
import { StatusError } from '../api/status-error.ts';
import type { ResourceClient } from '../client/client.ts';
import { ConnectionError } from '../client/transport.ts';
import { expand } from './expansion.ts';
import { type DownwardFacts, fieldValue } from './field-path.ts';
import { StartError } from './images.ts';
import { amount } from './quantities.ts';

export interface EnvironmentContext {
  readonly configMaps: ResourceClient<ConfigMap>;
  readonly facts: DownwardFacts;
  /** Of the node, for limits that are not set: `cpu` in thousandths, `memory` in bytes. */
  readonly allocatable: (resource: string) => number;
}

type EnvVar = NonNullable<Container['env']>[number];
type Source = NonNullable<EnvVar['valueFrom']>;

/**
 * The environment that a container's spec asks for, in order. After `pkg/kubelet/kubelet_pods.go` (`makeEnvironmentVariables`);
 * the variables of Services are left out until there are Services.
 *
 * @throws StartError CreateContainerConfigError when something it refers to is missing.
 */
export function makeEnvironment(context: EnvironmentContext, pod: Pod, container: Container): Map<string, string> {
  const variables = new Map<string, string>();
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    if (secretRef !== undefined) throw unsupported('envFrom.secretRef');
    if (configMapRef === undefined) continue;
    const configMap = readConfigMap(context, pod, configMapRef.name ?? '', configMapRef.optional === true);
    for (const [key, value] of Object.entries(configMap?.data ?? {})) variables.set(prefix + key, value);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const resolved =
      valueFrom === undefined ? expand(value ?? '', variables) : resolve(context, pod, container, valueFrom);
    if (resolved !== undefined) variables.set(name, resolved);
  }
  return variables;
}

function resolve(context: EnvironmentContext, pod: Pod, container: Container, source: Source): string | undefined {
  if (source.fieldRef !== undefined) {
    const { fieldPath } = source.fieldRef;
    const value = fieldValue(pod, fieldPath, context.facts);
    if (value === undefined) throw configError(`unsupported fieldPath: ${fieldPath}`);
    return value;
  }
  if (source.configMapKeyRef !== undefined) {
    const { name = '', key, optional } = source.configMapKeyRef;
    const configMap = readConfigMap(context, pod, name, optional === true);
    const data = configMap?.data;
    const value = data !== undefined && Object.hasOwn(data, key) ? data[key] : undefined;
    if (value === undefined && optional !== true) {
      throw configError(`couldn't find key ${key} in ConfigMap ${pod.metadata.namespace}/${name}`);
    }
    return value;
  }
  if (source.resourceFieldRef !== undefined) return resourceField(context, pod, container, source.resourceFieldRef);
  throw unsupported(Object.keys(source)[0] ?? 'valueFrom');
}

function readConfigMap(context: EnvironmentContext, pod: Pod, name: string, optional: boolean): ConfigMap | undefined {
  try {
    return context.configMaps.get(name, pod.metadata.namespace);
  } catch (error) {
    if (error instanceof ConnectionError)
      throw configError(`failed to sync configmap cache: timed out waiting for the condition`);
    if (!(error instanceof StatusError)) throw error;
    if (error.code === 404 && optional) return undefined;
    throw configError(error.code === 404 ? `configmap "${name}" not found` : error.message);
  }
}

type ResourceFieldRef = NonNullable<Source['resourceFieldRef']>;

/** A request or limit in units of its divisor, rounded up. */
export function resourceField(
  context: Pick<EnvironmentContext, 'allocatable'>,
  pod: Pod,
  container: Container,
  { resource, divisor, containerName }: ResourceFieldRef,
): string {
  const from = containerName === undefined ? container : pod.spec.containers.find(({ name }) => name === containerName);
  const [list, name = ''] = resource.split('.') as ['requests' | 'limits', string?];
  const amounts = from?.resources?.[list] as Record<string, unknown> | undefined;
  const value = amount(amounts, name) ?? (list === 'limits' ? context.allocatable(name) : 0);
  const unit = divisor === undefined || String(divisor) === '0' ? 1 : numericOrMilli(String(divisor), name);
  return String(Math.ceil((name === 'cpu' ? value / 1000 : value) / unit));
}

function numericOrMilli(divisor: string, name: string): number {
  return name === 'cpu' && divisor.endsWith('m')
    ? Number(divisor.slice(0, -1)) / 1000
    : Math.max(1, numericValue(divisor));
}

function configError(message: string): StartError {
  return new StartError('CreateContainerConfigError', message);
}

function unsupported(what: string): StartError {
  return configError(`${what} is not supported by this simulation yet`);
}
