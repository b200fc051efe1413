/** https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/#apiserver-config-k8s-io-v1-EncryptionConfiguration */
export interface EncryptionConfiguration {
  readonly resources?: readonly ResourceConfiguration[] | null;
}

interface ResourceConfiguration {
  /** `secrets`, `deployments.apps`, `*.apps`, `*.` (the core group), `*.*`. */
  readonly resources?: readonly string[] | null;
  /** The first writes, any reads. */
  readonly providers?: readonly ProviderConfiguration[] | null;
}

/** One of these each. */
export interface ProviderConfiguration {
  readonly aescbc?: KeysConfiguration | null;
  readonly aesgcm?: KeysConfiguration | null;
  readonly secretbox?: KeysConfiguration | null;
  readonly identity?: object | null;
  readonly kms?: KmsConfiguration | null;
}

export interface KeysConfiguration {
  /** The first writes, any reads. */
  readonly keys?: readonly Key[] | null;
}

interface Key {
  readonly name?: string;
  /** In base64. */
  readonly secret?: string;
}

/** A program beside the API server that keeps the keys; there is none here. */
export interface KmsConfiguration {
  readonly apiVersion?: string;
  readonly name?: string;
  readonly cachesize?: number | null;
  readonly endpoint?: string;
  readonly timeout?: string;
}
