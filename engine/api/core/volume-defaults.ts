import { changeField, changeItems, withDefaults, withField } from '../copy-on-write.ts';
import type { Volume } from '../kinds.ts';
import { canonicalQuantity } from '../quantity.ts';
import {
  defaultFieldRef,
  defaultPullPolicy,
  defaultResourceFieldRef,
  type FieldRef,
  type ResourceFieldRef,
} from './container-defaults.ts';

type EmptyDir = NonNullable<Volume['emptyDir']>;
type Projected = NonNullable<Volume['projected']>;
type Projection = NonNullable<Projected['sources']>[number];
type ImageSource = NonNullable<Volume['image']>;
interface DownwardItem {
  fieldRef?: FieldRef;
  resourceFieldRef?: ResourceFieldRef;
}

/** 0644 */
const MODE = { defaultMode: 420 };
const HOST_PATH = { type: '' } as const;
const TOKEN = { expirationSeconds: 3600 };
const ISCSI = { iscsiInterface: 'default' };

/** Fills in what a volume leaves out; one that names no source is an emptyDir. */
export function defaultVolume(given: Volume): Volume {
  const volume = hasSource(given) ? given : { ...given, emptyDir: {} };
  if (volume.emptyDir !== undefined) return changeField(volume, 'emptyDir', defaultEmptyDir);
  if (volume.configMap !== undefined) return changeField(volume, 'configMap', (source) => withDefaults(source, MODE));
  if (volume.secret !== undefined) return changeField(volume, 'secret', (source) => withDefaults(source, MODE));
  if (volume.hostPath !== undefined) return changeField(volume, 'hostPath', (s) => withDefaults(s, HOST_PATH));
  if (volume.projected !== undefined) return changeField(volume, 'projected', defaultProjected);
  if (volume.iscsi !== undefined) return changeField(volume, 'iscsi', (source) => withDefaults(source, ISCSI));
  if (volume.image !== undefined) return changeField(volume, 'image', defaultImage);
  if (volume.downwardAPI === undefined) return volume;
  return changeField(volume, 'downwardAPI', (source) =>
    changeItems(withDefaults(source, MODE), 'items', defaultDownwardItem as typeof identity),
  );
}

function identity<T>(item: T): T {
  return item;
}

function hasSource(volume: Volume): boolean {
  for (const key in volume) if (key !== 'name' && volume[key as keyof Volume] !== undefined) return true;
  return false;
}

function defaultEmptyDir(source: EmptyDir): EmptyDir {
  return source.sizeLimit === undefined
    ? source
    : withField(source, 'sizeLimit', canonicalQuantity(source.sizeLimit as string | number));
}

function defaultImage(source: ImageSource): ImageSource {
  if (source.pullPolicy !== undefined || source.reference === undefined) return source;
  return { ...source, pullPolicy: defaultPullPolicy(source.reference) };
}

function defaultProjected(given: Projected): Projected {
  return changeItems(withDefaults(given, MODE), 'sources', (source: Projection) => {
    const projection = changeField(source, 'serviceAccountToken', (token) => withDefaults(token, TOKEN));
    return changeField(projection, 'downwardAPI', (downward) =>
      changeItems(downward, 'items', defaultDownwardItem as typeof identity),
    );
  });
}

function defaultDownwardItem(item: DownwardItem): DownwardItem {
  return changeField(changeField(item, 'fieldRef', defaultFieldRef), 'resourceFieldRef', defaultResourceFieldRef);
}
