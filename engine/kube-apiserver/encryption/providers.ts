import { ConfigurationError } from '../../api/config-shape.ts';
import { aesCbc, aesGcm, type DrawBytes, type MakeCipher, secretbox } from './ciphers.ts';
import type {
  EncryptionConfiguration,
  KeysConfiguration,
  KmsConfiguration,
  ProviderConfiguration,
} from './configuration.ts';
import { type GroupResource, groupResourceOf, groupResourceText, type KeyResources } from './group-resource.ts';
import { IDENTITY, type Prefixed, PrefixTransformer, ValueTransformer } from './transformer.ts';
import { base64Bytes } from './validation.ts';

/** How the values of each resource are stored; of those that are not named, as they are. */
export class ResourceTransformers {
  readonly #resources: KeyResources;
  readonly #byName: ReadonlyMap<string, ValueTransformer>;

  /** @param byName by `secrets`, `deployments.apps`, `*.apps`, `*.`, `*.*` */
  constructor(resources: KeyResources, byName: ReadonlyMap<string, ValueTransformer> = new Map()) {
    this.#resources = resources;
    this.#byName = byName;
  }

  /** For what is stored under a key of etcd. */
  of(key: string): ValueTransformer {
    const { group, resource } = this.#resources.of(key);
    const names = [{ group, resource }, { group, resource: '*' }, ALL].map(groupResourceText);
    const name = names.find((each) => this.#byName.has(each));
    return name === undefined ? UNTRANSFORMED : this.#byName.get(name)!;
  }
}

const ALL: GroupResource = { group: '*', resource: '*' };
const UNTRANSFORMED = new ValueTransformer(IDENTITY);

/**
 * What a configuration that is valid means.
 *
 * @throws ConfigurationError for what hides something, and for key management services
 */
export function createTransformers(
  { resources }: EncryptionConfiguration,
  keyResources: KeyResources,
  draw: DrawBytes,
): ResourceTransformers {
  const byName = new Map<string, Prefixed[]>();
  for (const { resources: names, providers } of resources ?? []) {
    const prefixed = (providers ?? []).map((provider) => prefixedOf(provider, draw));
    for (const name of names ?? []) {
      const asked = groupResourceOf(name);
      const text = groupResourceText(asked);
      for (const earlier of [{ group: asked.group, resource: '*' }, ALL].map(groupResourceText)) {
        if (byName.has(earlier)) throw new ConfigurationError(masked(text, earlier));
      }
      byName.set(text, [...(byName.get(text) ?? []), ...prefixed]);
    }
  }
  const transformers = [...byName].map(
    ([name, options]) =>
      [name, new ValueTransformer(new PrefixTransformer(options, 'no matching prefix found'))] as const,
  );
  return new ResourceTransformers(keyResources, new Map(transformers));
}

function masked(name: string, earlier: string): string {
  return `resource ${JSON.stringify(name)} is masked by earlier rule ${JSON.stringify(earlier)}`;
}

function prefixedOf({ aescbc, aesgcm, secretbox: box, kms }: ProviderConfiguration, draw: DrawBytes): Prefixed {
  if (aesgcm != null) return withKeys(aesgcm, aesGcm, 'k8s:enc:aesgcm:v1:', 'AES', draw);
  if (aescbc != null) return withKeys(aescbc, aesCbc, 'k8s:enc:aescbc:v1:', 'AES', draw);
  if (box != null) return withKeys(box, secretbox, 'k8s:enc:secretbox:v1:', 'Secretbox', draw);
  if (kms != null) throw new ConfigurationError(noKms(kms));
  return { prefix: '', transformer: IDENTITY };
}

function withKeys(
  { keys }: KeysConfiguration,
  cipher: MakeCipher,
  prefix: string,
  called: string,
  draw: DrawBytes,
): Prefixed {
  const options = (keys ?? []).map(({ name = '', secret = '' }) => ({
    prefix: `${name}:`,
    transformer: cipher(base64Bytes(secret)!, draw),
  }));
  const noneFits = `no matching key was found for the provided ${called} transformer`;
  return { prefix, transformer: new PrefixTransformer(options, noneFits) };
}

const KMS_V1 =
  'KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 instead.  ' +
  'Set --feature-gates=KMSv1=true to use the deprecated KMSv1 feature.';

/** Version 1 is off in the real server, too. */
function noKms({ apiVersion = 'v1', name = '' }: KmsConfiguration): string {
  if (apiVersion === 'v1') return KMS_V1;
  const why = 'key management services are not supported by this simulation';
  return `could not configure KMSv2-Plugin's probe ${JSON.stringify(name)}, error: ${why}`;
}
