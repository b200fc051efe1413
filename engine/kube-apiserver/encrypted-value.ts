/** What all that an API server has encrypted begins with. */
export const ENCRYPTED_PREFIX = 'k8s:enc:';

/** Whether a value of etcd is not an object as it is served, but the text that an encryption configuration has made of it. */
export function isEncrypted(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(ENCRYPTED_PREFIX);
}
