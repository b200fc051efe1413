import type { FieldError } from '../field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../field-errors.ts';
import type { Volume } from '../kinds.ts';
import { checkLabel1123 } from '../names.ts';
import { checkQuantity } from '../quantity.ts';
import { checkNoBacksteps, checkRelativePath } from './path-check.ts';
import {
  type Items,
  validateDownwardItems,
  validateItems,
  validateMode,
  validateProjected,
} from './projection-validation.ts';

type Source<K extends keyof Volume> = NonNullable<Volume[K]>;
type SourceCheck<K extends keyof Volume> = (errors: FieldError[], source: Source<K>, field: string) => void;

const NO_VOLUMES: ReadonlyMap<string, Volume> = new Map();
const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MORE_THAN_ONE = 'may not specify more than 1 volume type';

/** Returns the volumes without fault by name: only those can be mounted. */
export function validateVolumes(
  errors: FieldError[],
  volumes: readonly Volume[] | undefined,
  field: string,
): ReadonlyMap<string, Volume> {
  if (volumes === undefined || volumes.length === 0) return NO_VOLUMES;
  const names = new Map<string, Volume>();
  for (let index = 0; index < volumes.length; index++) {
    const volume = volumes[index]!;
    const at = `${field}[${index}]`;
    const before = errors.length;
    validateSource(errors, volume, at);
    const name = volume.name ?? '';
    if (name === '') errors.push(required(`${at}.name`));
    else for (const detail of checkLabel1123(name)) errors.push(invalid(`${at}.name`, name, detail));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    if (errors.length === before) names.set(name, volume);
  }
  return names;
}

/** The sources with something to check, in the real server's order; the others are taken as they come. */
const CHECKS: { readonly [K in Exclude<keyof Volume, 'name'>]?: SourceCheck<K> } = {
  emptyDir: validateEmptyDir,
  hostPath: validateHostPath,
  secret: validateSecret,
  nfs: validateNfs,
  configMap: validateConfigMap,
  downwardAPI: validateDownward,
  persistentVolumeClaim: validateClaim,
  projected: validateProjected,
  image: validateImage,
};

function validateSource(errors: FieldError[], volume: Volume, field: string): void {
  let count = 0;
  for (const key in CHECKS) {
    const name = key as keyof typeof CHECKS;
    const source = volume[name];
    if (source === undefined) continue;
    if (count++ > 0) errors.push(forbidden(`${field}.${name}`, MORE_THAN_ONE));
    else (CHECKS[name] as SourceCheck<typeof name>)(errors, source as never, `${field}.${name}`);
  }
  for (const key in volume) {
    if (key === 'name' || key in CHECKS || volume[key as keyof Volume] === undefined) continue;
    if (count++ > 0) errors.push(forbidden(`${field}.${key}`, MORE_THAN_ONE));
  }
  if (count === 0) errors.push(required(field, 'must specify a volume type'));
}

function validateEmptyDir(errors: FieldError[], { sizeLimit }: Source<'emptyDir'>, field: string): void {
  if (sizeLimit === undefined) return;
  if (checkQuantity(sizeLimit as string) === undefined && !String(sizeLimit).startsWith('-')) return;
  errors.push(forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
}

function validateHostPath(errors: FieldError[], { path = '', type = '' }: Source<'hostPath'>, field: string): void {
  if (path === '') {
    errors.push(required(`${field}.path`));
    return;
  }
  for (const detail of checkNoBacksteps(path)) errors.push(invalid(`${field}.path`, path, detail));
  if (!HOST_PATH_TYPES.includes(type)) errors.push(notSupported(`${field}.type`, type, HOST_PATH_TYPES));
}

function validateSecret(errors: FieldError[], source: Source<'secret'>, field: string): void {
  if ((source.secretName ?? '') === '') errors.push(required(`${field}.secretName`));
  validateMode(errors, source.defaultMode, `${field}.defaultMode`);
  validateItems(errors, source.items as Items, `${field}.items`);
}

function validateConfigMap(errors: FieldError[], source: Source<'configMap'>, field: string): void {
  if ((source.name ?? '') === '') errors.push(required(`${field}.name`));
  validateMode(errors, source.defaultMode, `${field}.defaultMode`);
  validateItems(errors, source.items as Items, `${field}.items`);
}

function validateDownward(errors: FieldError[], source: Source<'downwardAPI'>, field: string): void {
  validateMode(errors, source.defaultMode, `${field}.defaultMode`);
  validateDownwardItems(errors, source.items, field);
}

function validateNfs(errors: FieldError[], { server = '', path = '' }: Source<'nfs'>, field: string): void {
  if (server === '') errors.push(required(`${field}.server`));
  if (path === '') errors.push(required(`${field}.path`));
  else if (checkRelativePath(path).length === 0)
    errors.push(invalid(`${field}.path`, path, 'must be an absolute path'));
}

function validateClaim(errors: FieldError[], source: Source<'persistentVolumeClaim'>, field: string): void {
  if ((source.claimName ?? '') === '') errors.push(required(`${field}.claimName`));
}

function validateImage(errors: FieldError[], { pullPolicy }: Source<'image'>, field: string): void {
  if (pullPolicy === undefined || PULL_POLICIES.includes(pullPolicy)) return;
  errors.push(notSupported(`${field}.pullPolicy`, pullPolicy, PULL_POLICIES));
}
