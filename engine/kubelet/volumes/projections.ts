import type { Pod, Volume } from '../../api/kinds.ts';
import { StatusError } from '../../api/status-error.ts';
import { ConnectionError } from '../../client/transport.ts';
import { fieldValue } from '../field-path.ts';
import { findContainer } from '../pod-format.ts';
import { decodeBase64, MissingReference } from '../referenced-objects.ts';
import { resourceField } from '../resource-field.ts';
import type { ProjectedFile } from './atomic-writer.ts';
import { commonUser } from './ownership.ts';
import { type VolumeContext, VolumeError } from './volume.ts';

export const DEFAULT_MODE = 0o644;

/** The files of a volume, by path, to which each of these functions adds its own. */
type FilesToBe = Map<string, ProjectedFile>;

type Items = NonNullable<Volume['configMap']>['items'];
type DownwardSource = Omit<NonNullable<Volume['downwardAPI']>, 'defaultMode'>;
type ProjectedSource = NonNullable<NonNullable<Volume['projected']>['sources']>[number];
type TokenSource = NonNullable<ProjectedSource['serviceAccountToken']>;

/** A reference to a ConfigMap or Secret, as volumes and projected sources both have it. */
export interface KeyedSource {
  readonly name?: string;
  readonly items?: Items;
  readonly optional?: boolean;
}

/** A ConfigMap's keys as files. https://kubernetes.io/docs/concepts/storage/volumes/#configmap */
export function projectConfigMap(
  context: VolumeContext,
  pod: Pod,
  source: KeyedSource,
  mode: number,
  files: FilesToBe,
): void {
  projectKeys(source, mode, files, 'configmap references non-existent config key', (name) => {
    const { data = {}, binaryData } = context.objects.configMap(pod.metadata.uid, name, pod.metadata.namespace);
    return binaryData === undefined ? data : { ...data, ...decodeAll(binaryData) };
  });
}

/** A Secret's keys as files. https://kubernetes.io/docs/concepts/storage/volumes/#secret */
export function projectSecret(
  context: VolumeContext,
  pod: Pod,
  source: KeyedSource,
  mode: number,
  files: FilesToBe,
): void {
  projectKeys(source, mode, files, 'references non-existent secret key', (name) => {
    const { data } = context.objects.secret(pod.metadata.uid, name, pod.metadata.namespace);
    return decodeAll(data);
  });
}

type Data = Readonly<Record<string, string>>;

function projectKeys(
  { name = '', items, optional = false }: KeyedSource,
  mode: number,
  files: FilesToBe,
  complaint: string,
  read: (name: string) => Data,
): void {
  const data = readUnlessOptional(optional, () => read(name));
  if (data === undefined) return;
  if (items === undefined || items.length === 0) {
    for (const key of Object.keys(data)) files.set(key, { data: data[key]!, mode });
    return;
  }
  for (const { key, path, mode: itemMode } of items) {
    const text = Object.hasOwn(data, key) ? data[key] : undefined;
    if (text !== undefined) files.set(path, { data: text, mode: itemMode ?? mode });
    else if (!optional) throw new VolumeError(`${complaint}: ${key}`);
  }
}

function readUnlessOptional<T>(optional: boolean, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MissingReference)) throw error;
    if (error.notFound && optional) return undefined;
    throw new VolumeError(error.message);
  }
}

function decodeAll(data: Data = {}): Data {
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, decodeBase64(text)]));
}

/** The Pod's own fields as files. https://kubernetes.io/docs/concepts/storage/volumes/#downwardapi */
export function projectDownward(
  context: VolumeContext,
  pod: Pod,
  source: DownwardSource,
  mode: number,
  files: FilesToBe,
): void {
  for (const { path, fieldRef, resourceFieldRef, mode: itemMode } of source.items ?? []) {
    let data: string | undefined;
    if (fieldRef !== undefined) {
      data = fieldValue(pod, fieldRef.fieldPath, context.facts);
      if (data === undefined) throw new VolumeError(`unsupported fieldPath: ${fieldRef.fieldPath}`);
    } else if (resourceFieldRef !== undefined) {
      const { containerName = '' } = resourceFieldRef;
      const container = findContainer(pod, containerName);
      if (container === undefined) throw new VolumeError(`container ${containerName} not found`);
      data = resourceField(context, pod, container, resourceFieldRef);
    }
    files.set(path, { data: data ?? '', mode: itemMode ?? mode });
  }
}

/**
 * A token of the Pod's ServiceAccount. Only its user (or group) may read it, where the Pod says who that is.
 * https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
 */
export function projectToken(
  context: VolumeContext,
  pod: Pod,
  source: TokenSource,
  mode: number,
  files: FilesToBe,
): void {
  const { audience, expirationSeconds, path } = source;
  const uid = commonUser(pod);
  const isPrivate = uid !== undefined || pod.spec.securityContext?.fsGroup !== undefined;
  try {
    const data = context.tokens.get(pod, audience, expirationSeconds);
    files.set(path, { data, mode: isPrivate ? 0o600 : mode, uid });
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
    throw new VolumeError(`failed to fetch token: ${error.message}`);
  }
}
