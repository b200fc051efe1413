import type { Pod, Volume } from '../../api/kinds.ts';
import { StatusError } from '../../api/status-error.ts';
import { ConnectionError } from '../../client/transport.ts';
import { decode } from '../../linux/stdio.ts';
import { resourceField } from '../environment.ts';
import { fieldValue } from '../field-path.ts';
import type { ProjectedFile } from './atomic-writer.ts';
import { type VolumeContext, VolumeError } from './volume.ts';

export type Files = Map<string, ProjectedFile>;

export const DEFAULT_MODE = 0o644;

type ConfigMapSource = Omit<NonNullable<Volume['configMap']>, 'defaultMode'>;
type DownwardSource = Omit<NonNullable<Volume['downwardAPI']>, 'defaultMode'>;

/** A ConfigMap's keys as files. https://kubernetes.io/docs/concepts/storage/volumes/#configmap */
export function projectConfigMap(context: VolumeContext, pod: Pod, source: ConfigMapSource, mode: number): Files {
  const files: Files = new Map();
  const { name = '', items, optional } = source;
  const data = readData(context, pod, name, optional === true);
  if (data === undefined) return files;
  if (items === undefined || items.length === 0) {
    for (const [key, text] of data) files.set(key, { data: text, mode });
    return files;
  }
  for (const { key, path, mode: itemMode } of items) {
    const text = data.get(key);
    if (text !== undefined) files.set(path, { data: text, mode: itemMode ?? mode });
    else if (optional !== true) throw new VolumeError(`configmap references non-existent config key: ${key}`);
  }
  return files;
}

function readData(
  context: VolumeContext,
  pod: Pod,
  name: string,
  optional: boolean,
): ReadonlyMap<string, string> | undefined {
  try {
    const { data = {}, binaryData = {} } = context.configMaps.get(name, pod.metadata.namespace);
    const decoded = Object.entries(binaryData).map(([key, text]) => [key, decodeBase64(key, text)] as const);
    return new Map([...Object.entries(data), ...decoded]);
  } catch (error) {
    if (error instanceof ConnectionError)
      throw new VolumeError('failed to sync configmap cache: timed out waiting for the condition');
    if (!(error instanceof StatusError)) throw error;
    if (error.code === 404 && optional) return undefined;
    throw new VolumeError(error.code === 404 ? `configmap "${name}" not found` : error.message);
  }
}

function decodeBase64(key: string, text: string): string {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new VolumeError(`binaryData[${key}] is not base64`);
  }
  return decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

/** The Pod's own fields as files. https://kubernetes.io/docs/concepts/storage/volumes/#downwardapi */
export function projectDownward(context: VolumeContext, pod: Pod, source: DownwardSource, mode: number): Files {
  const files: Files = new Map();
  for (const { path, fieldRef, resourceFieldRef, mode: itemMode } of source.items ?? []) {
    let data: string | undefined;
    if (fieldRef !== undefined) data = fieldValue(pod, fieldRef.fieldPath, context.facts);
    else if (resourceFieldRef !== undefined) {
      data = resourceField(context, pod, pod.spec.containers[0]!, resourceFieldRef);
    }
    if (data === undefined) throw new VolumeError(`unsupported fieldPath: ${fieldRef?.fieldPath ?? ''}`);
    files.set(path, { data, mode: itemMode ?? mode });
  }
  return files;
}
