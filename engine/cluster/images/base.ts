import type { Image } from '../../containerd/image.ts';
import type { FileTree } from '../../linux/host.ts';
import { busyboxTree, coreTree, type ProgramSource } from '../../linux/programs/index.ts';
import { nginxFiles } from '../../linux/programs/nginx/files.ts';
import { defineImage } from './definition.ts';

// The images that lessons and exercises start from. Adding one is a definition like these and a line in `course.ts`.

/** An image is made of programs that may be loaded later than the image. */
type ImageMaker = (programs: ProgramSource) => Image;

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What every small image has besides its programs. */
function account(shell: string, release: string): FileTree {
  return {
    '/etc/passwd': {
      text: `root:x:0:0:root:/root:${shell}\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`,
    },
    '/etc/group': { text: 'root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\n' },
    '/etc/os-release': { text: release },
    '/root': { directory: true, mode: 0o700 },
    '/tmp': { directory: true, mode: 0o1777 },
    '/var/log': { directory: true },
    '/var/tmp': { directory: true, mode: 0o1777 },
    '/home': { directory: true },
    '/usr/lib': { directory: true },
  };
}

const DEBIAN_RELEASE =
  'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nID=debian\n';

function debianTree(programs: ProgramSource): FileTree {
  return {
    ...coreTree(programs),
    ...account('/bin/bash', DEBIAN_RELEASE),
    '/etc/debian_version': { text: '13.2\n' },
  };
}

export const busyboxImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/busybox:1.37',
    aliases: [
      'docker.io/library/busybox:latest',
      'docker.io/library/busybox:1.37.0',
      'docker.io/library/busybox:1.36',
      'docker.io/library/busybox:1.28',
    ],
    sizeBytes: 2_217_000,
    trees: [{ ...busyboxTree(programs), ...account('/bin/sh', 'NAME=Busybox\nID=busybox\n') }],
    command: ['sh'],
    env: { PATH },
  });

export const alpineImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/alpine:3.22',
    aliases: ['docker.io/library/alpine:latest', 'docker.io/library/alpine:3'],
    sizeBytes: 3_802_000,
    trees: [
      {
        ...busyboxTree(programs),
        ...account('/bin/sh', 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.2\nPRETTY_NAME="Alpine Linux v3.22"\n'),
        '/etc/alpine-release': { text: '3.22.2\n' },
      },
    ],
    command: ['/bin/sh'],
    env: { PATH },
  });

export const debianImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/debian:13',
    aliases: [
      'docker.io/library/debian:latest',
      'docker.io/library/debian:trixie',
      'docker.io/library/debian:12',
      'docker.io/library/debian:stable',
    ],
    sizeBytes: 49_283_000,
    trees: [debianTree(programs)],
    command: ['bash'],
    env: { PATH },
  });

export const nginxImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/nginx:1.29',
    aliases: [
      'docker.io/library/nginx:latest',
      'docker.io/library/nginx:1.29.4',
      'docker.io/library/nginx:stable',
      'docker.io/library/nginx:1.28',
      'docker.io/library/nginx:1.27',
    ],
    sizeBytes: 59_774_000,
    trees: [debianTree(programs), nginxFiles(programs)],
    entrypoint: ['/docker-entrypoint.sh'],
    command: ['nginx', '-g', 'daemon off;'],
    env: { PATH, NGINX_VERSION: '1.29.4' },
    exposedPorts: ['80/tcp'],
    stopSignal: 'QUIT',
  });
