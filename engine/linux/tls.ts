// Certificates and keys, for whoever hands them to servers.

export { readKeyPair } from './tls/key-pair.ts';
export { makeOwnCertificate, RANDOM_BYTES } from './tls/own-certificate.ts';
export { randomBytes } from './tls/tls-client.ts';
export { isFor } from './tls/trust.ts';
