import type { ProgramSource } from '../../linux/programs/index.ts';
import { createShell } from '../../linux/shell/index.ts';
import { alpineTree, debianTree, type ImageMaker, PATH, passwd } from './base.ts';
import { defineImage } from './definition.ts';

// Images that do one thing: what lessons about networking, autoscaling and limits run.

const special = (programs: ProgramSource, name: string, size: number) => ({
  program: programs.program(name, 'gnu'),
  size,
});

const CURL_ENTRYPOINT = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ]; then
    set -- curl "$@"
fi
exec "$@"
`;

/** https://github.com/curl/curl-container */
export const curlImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/curlimages/curl:8.14.1',
    aliases: [
      'quay.io/curl/curl:latest',
      ...['latest', '8.12.1', '8.10.1', '8.6.0', '7.87.0'].map((tag) => `docker.io/curlimages/curl:${tag}`),
    ],
    sizeBytes: 9_380_000,
    trees: () => [
      {
        ...alpineTree(programs, ['curl']),
        '/etc/passwd': { text: passwd('/bin/sh', 'curl_user:x:100:101:Linux User,,,:/home/curl_user:/sbin/nologin\n') },
        '/home/curl_user': { directory: true, uid: 100, gid: 101 },
        '/entrypoint.sh': { text: CURL_ENTRYPOINT, mode: 0o755 },
      },
    ],
    entrypoint: ['/entrypoint.sh'],
    command: ['curl'],
    env: { PATH },
    user: 'curl_user',
    workingDirectory: '/home/curl_user',
  });

/** https://github.com/traefik/whoami: one binary and nothing else, not even a shell. */
export const whoamiImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/traefik/whoami:v1.11.0',
    aliases: [
      'docker.io/traefik/whoami:latest',
      'docker.io/traefik/whoami:v1.11',
      'docker.io/traefik/whoami:v1.10',
      'docker.io/traefik/whoami:v1.10.4',
      'docker.io/containous/whoami:latest',
    ],
    sizeBytes: 2_846_000,
    trees: () => [{ '/whoami': special(programs, 'whoami-server', 6_213_632) }],
    entrypoint: ['/whoami'],
    exposedPorts: ['80/tcp'],
  });

/** https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/walkthrough.md */
export const autoscaleDemoImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/luxas/autoscale-demo:v0.1.2',
    aliases: ['docker.io/luxas/autoscale-demo:latest'],
    sizeBytes: 25_000_000,
    trees: () => [{ '/autoscale-demo': special(programs, 'autoscale-demo', 9_000_000) }],
    entrypoint: ['/autoscale-demo'],
    exposedPorts: ['8080/tcp'],
  });

/** https://github.com/hashicorp/http-echo */
export const httpEchoImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/hashicorp/http-echo:1.0',
    aliases: [
      'docker.io/hashicorp/http-echo:latest',
      'docker.io/hashicorp/http-echo:1.0.0',
      'docker.io/hashicorp/http-echo:0.2.3',
    ],
    sizeBytes: 3_001_000,
    trees: () => [{ '/http-echo': special(programs, 'http-echo', 5_480_448) }],
    entrypoint: ['/http-echo'],
    exposedPorts: ['5678/tcp'],
  });

/** What the documentation's page about memory limits runs. */
export const stressImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/polinux/stress:latest',
    aliases: ['docker.io/polinux/stress:1.0.4'],
    sizeBytes: 4_041_000,
    trees: () => [{ ...alpineTree(programs), '/usr/local/bin/stress': special(programs, 'stress', 57_600) }],
    command: ['stress'],
    env: { PATH },
  });

const E2E = 'registry.k8s.io/e2e-test-images';

/** https://github.com/kubernetes/kubernetes/tree/master/test/images/agnhost */
export const agnhostImage: ImageMaker = (programs) => {
  const minors = [21, 32, 36, 39, 40, 43, 45, 47, 48, 50, 52, 53, 54, 55, 56, 57, 58];
  return defineImage({
    reference: `${E2E}/agnhost:2.59`,
    aliases: minors.map((minor) => `${E2E}/agnhost:2.${minor}`),
    sizeBytes: 51_105_000,
    trees: () => [
      {
        ...alpineTree(programs, ['curl', 'dig', 'host']),
        '/agnhost': special(programs, 'agnhost', 65_146_880),
        '/agnhost-2': { symlink: '/agnhost' },
        '/uploads': { directory: true, mode: 0o777 },
      },
    ],
    entrypoint: ['/agnhost'],
    command: ['pause'],
    env: { PATH },
    exposedPorts: ['80/tcp', '8080/tcp', '8081/tcp', '9376/tcp'],
  });
};

/** Runs as a user that is not root, and shows who that is. */
export const nonRootImage: ImageMaker = (programs) =>
  defineImage({
    reference: `${E2E}/nonroot:1.4`,
    aliases: [`${E2E}/nonroot:1.1`],
    sizeBytes: 1_400_000,
    trees: () => [alpineTree(programs)],
    command: ['id', '-u'],
    env: { PATH },
    user: '1234',
  });

/** The image for looking names up. */
export const dnsutilsImage: ImageMaker = (programs) =>
  defineImage({
    reference: `${E2E}/jessie-dnsutils:1.7`,
    aliases: [`${E2E}/jessie-dnsutils:1.3`],
    sizeBytes: 112_030_000,
    trees: () => [debianTree(programs, ['curl', 'dig', 'host', 'nslookup', 'ping', 'ps', 'ip', 'netstat', 'wget'])],
    command: ['sleep', '3600'],
    env: { PATH },
  });

const NETSHOOT_TOOLS =
  'column conntrack curl dig host ipset iptables iptables-restore iptables-save ipvsadm jq nft openssl ss tcpdump vim';

/** What looks into networks. https://github.com/nicolaka/netshoot: its shell is zsh, and here it is bash. */
export const netshootImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/nicolaka/netshoot:v0.14',
    aliases: [
      'docker.io/nicolaka/netshoot:latest',
      'docker.io/nicolaka/netshoot:v0.13',
      'ghcr.io/nicolaka/netshoot:latest',
    ],
    sizeBytes: 201_000_000,
    trees: () => [
      {
        ...alpineTree(programs, NETSHOOT_TOOLS.split(' ')),
        '/bin/bash': { program: createShell({ name: 'bash' }), size: 1_298_416 },
      },
    ],
    command: ['bash'],
    workingDirectory: '/root',
    env: { PATH },
  });

/** The NFS server of the documentation's examples; it needs to be privileged. What it serves is in /exports. */
export const nfsImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'registry.k8s.io/volume-nfs:0.8',
    aliases: ['registry.k8s.io/e2e-test-images/volume/nfs:1.4', 'registry.k8s.io/e2e-test-images/volume/nfs:1.5'],
    sizeBytes: 113_000_000,
    trees: () => [
      {
        ...debianTree(programs, []),
        '/usr/local/bin/nfsd': special(programs, 'nfsd', 120_000),
        '/exports': { directory: true, mode: 0o777 },
        '/exports/index.html': { text: 'Hello from NFS!\n' },
      },
    ],
    entrypoint: ['/usr/local/bin/nfsd'],
    command: ['/exports'],
    exposedPorts: ['2049/tcp'],
    env: { PATH },
  });
