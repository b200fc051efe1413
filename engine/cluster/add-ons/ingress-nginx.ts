import type { Image } from '../../containerd/image.ts';
import type { FileTree } from '../../linux/host.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import { nginxFiles } from '../../linux/programs/nginx/files.ts';
import type { Program } from '../../linux/syscalls.ts';
import { alpineTree, PATH, passwd } from '../images/base.ts';
import { defineImage } from '../images/definition.ts';

const IMAGE = 'registry.k8s.io/ingress-nginx/controller';
const VERSIONS = ['v1.14.1', 'v1.14.0', 'v1.13.4', 'v1.13.0', 'v1.12.1', 'v1.12.0', 'v1.11.3', 'v1.10.1'];

/** What lets nginx start before the controller has written anything. */
const FIRST_CONF = `# A very simple nginx configuration that forces nginx to start.
pid /tmp/nginx/nginx.pid;
daemon off;

events {}
http {}
`;

/** Passes signals on to the one program it starts: replaced by it, which comes to the same. */
const INIT = `#!/bin/sh
[ "$1" = -- ] && shift
exec "$@"
`;

const WAIT_SHUTDOWN = `#!/bin/sh
pkill -TERM -f nginx-ingress-controller
while pgrep -x nginx > /dev/null; do sleep 1; done
`;

/** The controller, with the nginx that it looks after, in one image. */
export function ingressNginxImage(programs: ProgramSource, controller: Program): Image {
  const own = { uid: 101, gid: 82 };
  const nginx = nginxFiles(programs);
  const files: FileTree = {
    ...alpineTree(programs, ['curl', 'pgrep', 'pkill']),
    '/etc/passwd': { text: passwd('/bin/sh', 'www-data:x:101:82:www-data:/var/www:/sbin/nologin\n') },
    '/usr/bin/nginx': nginx['/usr/sbin/nginx']!,
    '/etc/nginx': { directory: true, ...own },
    '/etc/nginx/nginx.conf': { text: FIRST_CONF, ...own },
    '/etc/nginx/mime.types': nginx['/etc/nginx/mime.types']!,
    '/etc/ingress-controller': { directory: true, ...own },
    '/etc/ingress-controller/ssl': { directory: true, ...own },
    '/etc/ingress-controller/auth': { directory: true, ...own },
    '/tmp/nginx': { directory: true, ...own },
    '/var/log/nginx/access.log': { symlink: '/dev/stdout' },
    '/var/log/nginx/error.log': { symlink: '/dev/stderr' },
    '/usr/bin/dumb-init': { text: INIT, mode: 0o755 },
    '/wait-shutdown': { text: WAIT_SHUTDOWN, mode: 0o755 },
    '/nginx-ingress-controller': { program: controller, size: 57_000_000 },
  };
  return defineImage({
    reference: `${IMAGE}:${VERSIONS[0]}`,
    aliases: VERSIONS.slice(1).map((version) => `${IMAGE}:${version}`),
    sizeBytes: 112_000_000,
    trees: () => [files],
    entrypoint: ['/usr/bin/dumb-init', '--'],
    command: ['/nginx-ingress-controller'],
    env: { PATH: `/usr/local/nginx/sbin:${PATH}`, NGINX_VERSION: '1.27.1' },
    user: '101',
    workingDirectory: '/etc/nginx',
    exposedPorts: ['80/tcp', '443/tcp'],
  });
}
