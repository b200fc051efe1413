import type { FieldError } from '../../api/field-error.ts';
import { invalid, required } from '../../api/field-errors.ts';
import type {
  EncryptionConfiguration,
  KeysConfiguration,
  KmsConfiguration,
  ProviderConfiguration,
} from './configuration.ts';
import { groupResourceOf } from './group-resource.ts';

// After k8s.io/apiserver pkg/apis/apiserver/validation/validation_encryption.go.

/** Key sizes in bytes. */
const AES_SIZES = [16, 24, 32];
const SECRETBOX_SIZES = [32];

export function validateEncryptionConfiguration({ resources }: EncryptionConfiguration): readonly FieldError[] {
  const kmsNames = new Set<string>();
  if ((resources ?? []).length === 0) return [required('resources', 'at least one resources is required')];
  return resources!.flatMap(({ resources, providers }, index) => {
    const at = `resources[${index}]`;
    const [names, each] = [resources ?? [], providers ?? []];
    return [
      ...atLeastOne(names, `${at}.resources`),
      ...overlaps(names, `${at}.resources`),
      ...names.flatMap((name, place) => nameErrors(name, `${at}.resources[${place}]`)),
      ...atLeastOne(each, `${at}.providers`),
      ...each.flatMap((provider, place) => providerErrors(provider, `${at}.providers[${place}]`, kmsNames)),
    ];
  });
}

function atLeastOne(items: readonly unknown[], at: string): readonly FieldError[] {
  return items.length > 0 ? [] : [required(at, `at least one ${at} is required`)];
}

const DUPLICATE = 'the same resource cannot be specified multiple times';
const OVERLAP =
  "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked";

function overlaps(names: readonly string[], at: string): readonly FieldError[] {
  const all = names.map(groupResourceOf);
  const pairs = all.flatMap((one, index) => all.slice(index + 1).map((other) => [one, other] as const));
  const same = pairs.filter(([one, other]) => one.group === other.group && one.resource === other.resource);
  const others = pairs.filter((pair) => !same.includes(pair));
  const overlapping = others.some(([one, other]) => {
    const [isAll, isAllToo] = [one, other].map(({ group, resource }) => group === '*' && resource === '*');
    const isWild = one.resource === '*' || other.resource === '*';
    return isAll || isAllToo || (one.group === other.group && isWild);
  });
  return [
    ...(same.length > 0 ? [invalid(at, names, DUPLICATE)] : []),
    ...(overlapping ? [invalid(at, names, OVERLAP)] : []),
  ];
}

const WITHOUT_API = ['apiserveripinfo', 'serviceipallocations', 'servicenodeportallocations'];
const EVENTS_GROUP =
  "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file";
const EXTENSIONS_GROUP = "'extensions' group has been removed and cannot be used for encryption";

function nameErrors(name: string, at: string): readonly FieldError[] {
  const why = whyNoResource(name);
  return why === undefined ? [] : [invalid(at, name, why)];
}

function whyNoResource(name: string): string | undefined {
  if (name.toLowerCase() !== name) return 'resource name should not contain capital letters';
  if (name === '*') return "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources";
  if (WITHOUT_API.includes(name)) return 'resources which do not have REST API/s cannot be encrypted';
  const { group, resource } = groupResourceOf(name);
  if (group === 'events.k8s.io') return EVENTS_GROUP;
  if (group === 'extensions') return EXTENSIONS_GROUP;
  if (group === '*' && resource !== '*') return 'encrypting the same resource across groups is not supported';
  return undefined;
}

const NONE = 'provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity';
const SEVERAL = 'more than one provider specified in a single element, should split into different list elements';

function providerErrors(provider: ProviderConfiguration, at: string, kmsNames: Set<string>): readonly FieldError[] {
  const { kms, aesgcm, aescbc, secretbox, identity } = provider;
  const found = [kms, aesgcm, aescbc, secretbox, identity].filter((each) => each != null).length;
  return [
    ...(found === 1 ? [] : [invalid(at, asGoHasIt(provider), found === 0 ? NONE : SEVERAL)]),
    ...(kms != null ? kmsErrors(kms, `${at}.kms`, kmsNames) : []),
    ...(aesgcm != null ? keyErrors(aesgcm, `${at}.aesgcm.keys`, AES_SIZES) : []),
    ...(aescbc != null ? keyErrors(aescbc, `${at}.aescbc.keys`, AES_SIZES) : []),
    ...(secretbox != null ? keyErrors(secretbox, `${at}.secretbox.keys`, SECRETBOX_SIZES) : []),
  ];
}

/** A provider as errors show it: the server's own type has no other names for its fields. */
function asGoHasIt({ aesgcm, aescbc, secretbox, identity, kms }: ProviderConfiguration): object {
  const keys = (each: KeysConfiguration | null | undefined) =>
    each == null
      ? null
      : { Keys: (each.keys ?? []).map(({ name = '', secret = '' }) => ({ Name: name, Secret: secret })) };
  return {
    AESGCM: keys(aesgcm),
    AESCBC: keys(aescbc),
    Secretbox: keys(secretbox),
    Identity: identity ?? null,
    KMS: kms ?? null,
  };
}

function keyErrors({ keys }: KeysConfiguration, at: string, sizes: readonly number[]): readonly FieldError[] {
  if ((keys ?? []).length === 0) return [required(at, 'at least one keys is required')];
  return keys!.flatMap(({ name = '', secret = '' }, index) => {
    const key = `${at}[${index}]`;
    return [
      ...(name === '' ? [required(`${key}.name`, 'name is a mandatory field for a key')] : []),
      ...secretErrors(secret, `${key}.secret`, sizes),
    ];
  });
}

function secretErrors(secret: string, at: string, sizes: readonly number[]): readonly FieldError[] {
  if (secret === '') return [required(at, 'secret is a mandatory field for a key')];
  const bytes = base64Bytes(secret);
  if (bytes === undefined) return [invalid(at, 'REDACTED', 'secrets must be base64 encoded')];
  if (sizes.includes(bytes.length)) return [];
  const why = `secret is not of the expected length, got ${bytes.length}, expected one of [${sizes.join(' ')}]`;
  return [invalid(at, 'REDACTED', why)];
}

/** As Go decodes it: padded, and line ends do not count. */
export function base64Bytes(text: string): Uint8Array | undefined {
  const letters = text.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(letters)) return undefined;
  return Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
}

function kmsErrors(kms: KmsConfiguration, at: string, names: Set<string>): readonly FieldError[] {
  const { name = '', apiVersion = 'v1', endpoint = '', cachesize } = kms;
  const taken = names.has(name);
  names.add(name);
  const isV1 = apiVersion === 'v1';
  const scheme = /^([a-z][\w+.-]*):/i.exec(endpoint)?.[1] ?? '';
  const badScheme = `unsupported scheme ${JSON.stringify(scheme)} for KMS provider, only unix is supported`;
  return [
    ...(name === '' ? [required(`${at}.name`, 'name is a mandatory field for a provider')] : []),
    ...(!isV1 && name.includes(':')
      ? [invalid(`${at}.name`, name, `invalid KMS provider name ${name}, must not contain ':'`)]
      : []),
    ...(!isV1 && taken
      ? [invalid(`${at}.name`, name, `duplicate KMS provider name ${name}, names must be unique`)]
      : []),
    ...(endpoint === '' ? [invalid(`${at}.endpoint`, '', 'endpoint is a mandatory field for a kms')] : []),
    ...(endpoint !== '' && scheme !== 'unix' ? [invalid(`${at}.endpoint`, endpoint, badScheme)] : []),
    ...(!isV1 && cachesize != null ? [invalid(`${at}.cachesize`, cachesize, 'cachesize is not supported in v2')] : []),
    ...(isV1 && cachesize === 0
      ? [invalid(`${at}.cachesize`, 0, 'cachesize should be a positive value, or negative to disable')]
      : []),
    ...(isV1 || apiVersion === 'v2' ? [] : [invalid(`${at}.apiVersion`, apiVersion, BAD_KMS_VERSION)]),
  ];
}

const BAD_KMS_VERSION = 'unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported';
