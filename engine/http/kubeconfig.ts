import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Writes a kubeconfig for the server and returns its path. @param file `drydock-PORT.kubeconfig` in the temporary directory unless told. */
export function writeKubeconfig(serverUrl: string, port: number, file?: string): string {
  const path = file ?? join(tmpdir(), `drydock-${port}.kubeconfig`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, kubeconfig(serverUrl), { mode: 0o600 });
  return path;
}

function kubeconfig(server: string): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: drydock
    cluster:
      server: ${server}
contexts:
  - name: drydock
    context:
      cluster: drydock
      user: kubernetes-admin
current-context: drydock
users:
  - name: kubernetes-admin
    user: {}
`;
}
