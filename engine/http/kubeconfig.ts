import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Certificates } from './certificates.ts';

/** What a client of an HTTPS server presents, and by what it knows the server. */
export interface Credentials extends Pick<Certificates, 'authority' | 'admin'> {
  /** A bearer token of the ServiceAccount `default` in the namespace `default`. */
  readonly token?: string | undefined;
}

/**
 * Writes a kubeconfig for the server and returns its path. Over HTTPS it has two contexts: `drydock` is
 * kubernetes-admin, `drydock-default` what a Pod is with the token it finds mounted.
 *
 * @param file `drydock-PORT.kubeconfig` in the temporary directory unless told.
 */
export function writeKubeconfig(serverUrl: string, port: number, file?: string, credentials?: Credentials): string {
  const path = file ?? join(tmpdir(), `drydock-${port}.kubeconfig`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stringify(kubeconfig(serverUrl, credentials)), { mode: 0o600 });
  return path;
}

const CLUSTER = 'drydock';
const ADMIN = 'kubernetes-admin';
const ACCOUNT = 'default-service-account';

function kubeconfig(server: string, credentials: Credentials | undefined) {
  const authority = credentials && { 'certificate-authority-data': base64(credentials.authority) };
  const token = credentials?.token;
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: CLUSTER, cluster: { server, ...authority } }],
    contexts: [context(CLUSTER, ADMIN), ...(token === undefined ? [] : [context(`${CLUSTER}-default`, ACCOUNT)])],
    'current-context': CLUSTER,
    users: [
      { name: ADMIN, user: adminUser(credentials) },
      ...(token === undefined ? [] : [{ name: ACCOUNT, user: { token } }]),
    ],
  };
}

function context(name: string, user: string) {
  return { name, context: { cluster: CLUSTER, user } };
}

function adminUser(credentials: Credentials | undefined) {
  if (credentials === undefined) return {};
  const { certificate, key } = credentials.admin;
  return { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
