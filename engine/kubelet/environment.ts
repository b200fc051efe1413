import type { Container, Pod, Service } from '../api/kinds.ts';
import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { parseEnvironmentFile } from './environment-file.ts';
import { expand } from './expansion.ts';
import { type DownwardFacts, fieldValue } from './field-path.ts';
import { StartError } from './images.ts';
import { decodeBase64, MissingReference, type ReferencedObjects } from './referenced-objects.ts';
import { resourceField } from './resource-field.ts';
import { serviceEnvironment } from './service-environment.ts';
import type { MountedVolumes } from './volumes/volume.ts';

export interface EnvironmentContext {
  readonly root: Process | undefined;
  readonly objects: ReferencedObjects;
  readonly volumes: MountedVolumes;
  readonly services: readonly Service[];
  readonly facts: DownwardFacts;
  /** Of the node, for limits that are not set: `cpu` in thousandths, `memory` in bytes. */
  readonly allocatable: (resource: string) => number;
}

type EnvVar = NonNullable<Container['env']>[number];
type Source = NonNullable<EnvVar['valueFrom']>;
type Data = Readonly<Record<string, string>>;

/**
 * The environment that a container's spec asks for, in order; the variables of Services come last and override nothing.
 * After `pkg/kubelet/kubelet_pods.go` (`makeEnvironmentVariables`). Any key of a ConfigMap or Secret is a name (since
 * https://kep.k8s.io/4369), so none is skipped.
 *
 * @throws StartError CreateContainerConfigError when something it refers to is missing.
 */
export function makeEnvironment(context: EnvironmentContext, pod: Pod, container: Container): Map<string, string> {
  const { env = [], envFrom = [] } = container;
  const ofServices = serviceEnvironment(
    context.services,
    pod.metadata.namespace,
    pod.spec.enableServiceLinks !== false,
  );
  // Most containers ask for nothing of their own.
  if (env.length === 0 && envFrom.length === 0) return ofServices;
  const variables = new Map<string, string>();
  for (const { configMapRef, secretRef, prefix = '' } of envFrom) {
    const data =
      configMapRef !== undefined
        ? readConfigMap(context, pod, configMapRef.name, configMapRef.optional)
        : secretRef !== undefined
          ? readSecret(context, pod, secretRef.name, secretRef.optional)
          : undefined;
    for (const [key, value] of Object.entries(data ?? {})) variables.set(prefix + key, value);
  }
  const known = { get: (name: string) => variables.get(name) ?? ofServices.get(name) };
  for (const { name, value, valueFrom } of env) {
    const resolved = valueFrom === undefined ? expand(value ?? '', known) : resolve(context, pod, container, valueFrom);
    if (resolved !== undefined) variables.set(name, resolved);
  }
  for (const [name, value] of ofServices) if (!variables.has(name)) variables.set(name, value);
  return variables;
}

function resolve(context: EnvironmentContext, pod: Pod, container: Container, source: Source): string | undefined {
  const { fieldRef, configMapKeyRef, secretKeyRef, resourceFieldRef, fileKeyRef } = source;
  if (fieldRef !== undefined) {
    const { fieldPath } = fieldRef;
    const value = fieldValue(pod, fieldPath, context.facts);
    if (value === undefined) throw configError(`unsupported fieldPath: ${fieldPath}`);
    return value;
  }
  if (configMapKeyRef !== undefined) {
    const { name, key, optional } = configMapKeyRef;
    return pick(
      readConfigMap(context, pod, name, optional),
      key,
      optional,
      `ConfigMap ${pod.metadata.namespace}/${name}`,
    );
  }
  if (secretKeyRef !== undefined) {
    const { name, key, optional } = secretKeyRef;
    return pick(readSecret(context, pod, name, optional), key, optional, `Secret ${pod.metadata.namespace}/${name}`);
  }
  if (resourceFieldRef !== undefined) return resourceField(context, pod, container, resourceFieldRef);
  if (fileKeyRef !== undefined) return fromFile(context, fileKeyRef);
  throw configError(`${Object.keys(source)[0] ?? 'valueFrom'} is not supported by this simulation`);
}

function pick(data: Data | undefined, key: string, optional: boolean | undefined, where: string): string | undefined {
  if (data !== undefined && Object.hasOwn(data, key)) return data[key];
  if (optional === true) return undefined;
  throw configError(`couldn't find key ${key} in ${where}`);
}

function readConfigMap(context: EnvironmentContext, pod: Pod, name = '', optional = false): Data | undefined {
  const { uid, namespace } = pod.metadata;
  return readUnlessOptional(optional, () => context.objects.configMap(uid, name, namespace).data);
}

function readSecret(context: EnvironmentContext, pod: Pod, name = '', optional = false): Data | undefined {
  const { uid, namespace } = pod.metadata;
  return readUnlessOptional(optional, () => {
    const { data = {} } = context.objects.secret(uid, name, namespace);
    return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, decodeBase64(text)]));
  });
}

function readUnlessOptional(optional: boolean, read: () => Data | undefined): Data | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MissingReference)) throw error;
    if (error.notFound && optional) return undefined;
    throw configError(error.message);
  }
}

type FileKeyRef = NonNullable<Source['fileKeyRef']>;

/** A variable that an init container has written into a file. https://kep.k8s.io/3721 */
function fromFile({ root, volumes }: EnvironmentContext, { volumeName, path, key, optional }: FileKeyRef) {
  const volume = volumes.get(volumeName);
  if (root === undefined || volume === undefined) throw configError(`cannot find the volume "${volumeName}"`);
  let variables: ReadonlyMap<string, string>;
  try {
    variables = parseEnvironmentFile(decode(root.readFile(`${volume.hostPath}/${path}`)));
  } catch (error) {
    if (error instanceof Errno && error.code === 'ENOENT' && optional === true) return undefined;
    throw configError(`couldn't parse env file ${path} in volume ${volumeName}: ${(error as Error).message}`);
  }
  const value = variables.get(key);
  if (value === undefined && optional !== true) {
    throw configError(`environment variable key "${key}" not found in file "${path}"`);
  }
  return value;
}

function configError(message: string): StartError {
  return new StartError('CreateContainerConfigError', message);
}
