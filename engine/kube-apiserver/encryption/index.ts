/**
 * Encryption at rest: what the API server writes to etcd, and what it makes of what it reads there. Loaded late; a server
 * without an encryption configuration never sees it.
 * https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
 */

export { EncryptingEtcd } from './encrypting-etcd.ts';
export { readEncryptionConfiguration } from './encryption-file.ts';
export { KeyResources } from './group-resource.ts';
export { createTransformers, ResourceTransformers } from './providers.ts';
