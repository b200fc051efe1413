import type { Testbed } from './testbed.ts';

// What scenarios of connections that become another protocol share.

/** A server that changes to another protocol, as a WebSocket's does, and says back what it hears; ready when its port is open. */
export const ECHO = `apiVersion: v1
kind: ConfigMap
metadata: {name: echo}
data:
  echo.sh: |
    #!/bin/sh
    while read -r line; do [ "\${#line}" -le 1 ] && break; done
    printf 'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\nhello\\n'
    while read -r line; do echo "back: $line"; done
---
apiVersion: v1
kind: Pod
metadata: {name: echo, labels: {app: echo}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, "while true; do nc -l -p 80 -e /scripts/echo.sh; done"]
    volumeMounts: [{name: scripts, mountPath: /scripts}]
  volumes: [{name: scripts, configMap: {name: echo, defaultMode: 0755}}]
---
apiVersion: v1
kind: Service
metadata: {name: echo}
spec: {selector: {app: echo}, ports: [{port: 80}]}
`;

/** What comes of asking for another protocol and saying a word in it. */
export function converse(bed: Testbed, address: string, path: string, word: string, host = 'x'): string {
  const head = `GET ${path} HTTP/1.1\\r\\nHost: ${host}\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\n`;
  return bed.sh(`(printf '${head}'; sleep 1; echo ${word}; sleep 1) | nc ${address} 80`).stdout.replaceAll('\r', '');
}
