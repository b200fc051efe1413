// Certificates and keys, and connections that are made with them.

export { readKeyPair } from './tls/key-pair.ts';
export { makeOwnCertificate, RANDOM_BYTES } from './tls/own-certificate.ts';
export { TlsError } from './tls/record.ts';
export { randomBytes, shakeHands } from './tls/tls-client.ts';
export { TlsServer } from './tls/tls-server.ts';
export { isFor } from './tls/trust.ts';
