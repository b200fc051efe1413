import type { Image } from '../../containerd/image.ts';
import type { FileTree } from '../../linux/host.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import { nginxFiles } from '../../linux/programs/nginx/files.ts';
import type { Program } from '../../linux/syscalls.ts';
import { alpineTree, PATH, passwd } from '../images/base.ts';
import { defineImage } from '../images/definition.ts';

const IMAGE = 'nginx/nginx-gateway-fabric';
const VERSIONS = ['1.6.2', '1.6.1', '1.6.0', '1.5.1'];

const FIRST_CONF = 'daemon off;\npid /tmp/nginx/nginx.pid;\nevents {}\nhttp {}\n';

/** NGINX Gateway Fabric with the nginx that it looks after: two containers of a Pod in reality, and one here. */
export function nginxGatewayImage(programs: ProgramSource, controller: Program): Image {
  const own = { uid: 101, gid: 1001 };
  const nginx = nginxFiles(programs);
  const files: FileTree = {
    ...alpineTree(programs, ['curl']),
    '/etc/passwd': { text: passwd('/bin/sh', 'nginx:x:101:1001:nginx:/nonexistent:/sbin/nologin\n') },
    '/usr/bin/nginx': nginx['/usr/sbin/nginx']!,
    '/etc/nginx': { directory: true, ...own },
    '/etc/nginx/nginx.conf': { text: FIRST_CONF, ...own },
    '/etc/nginx/mime.types': nginx['/etc/nginx/mime.types']!,
    '/etc/nginx/secrets': { directory: true, ...own },
    '/tmp/nginx': { directory: true, ...own },
    '/var/log/nginx/access.log': { symlink: '/dev/stdout' },
    '/var/log/nginx/error.log': { symlink: '/dev/stderr' },
    '/usr/bin/gateway': { program: controller, size: 46_000_000 },
  };
  return defineImage({
    reference: `ghcr.io/${IMAGE}:${VERSIONS[0]}`,
    aliases: [
      ...VERSIONS.slice(1).map((version) => `ghcr.io/${IMAGE}:${version}`),
      ...VERSIONS.map((version) => `ghcr.io/nginxinc/nginx-gateway-fabric:${version}`),
    ],
    sizeBytes: 51_000_000,
    trees: () => [files],
    entrypoint: ['/usr/bin/gateway'],
    env: { PATH },
    user: '101',
  });
}
