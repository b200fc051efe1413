// Certificates and keys, and connections that are made with them.

export { type CertificateRequest, publicKeyInfo, seal, writeCertificate } from './tls/certificate.ts';
export { DerError } from './tls/der.ts';
export { readKeyPair } from './tls/key-pair.ts';
export { makeOwnCertificate, RANDOM_BYTES } from './tls/own-certificate.ts';
export { writePem } from './tls/pem.ts';
export { KEY_BYTES, makePrivateKey } from './tls/private-key.ts';
export { TlsError } from './tls/record.ts';
export { readSigningRequest } from './tls/signing-request.ts';
export { randomBytes, shakeHands } from './tls/tls-client.ts';
export { TlsServer } from './tls/tls-server.ts';
export { isFor } from './tls/trust.ts';
