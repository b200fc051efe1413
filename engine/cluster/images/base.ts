import type { Image } from '../../containerd/image.ts';
import type { FileTree } from '../../linux/host.ts';
import { busyboxTree, coreTree, type ProgramSource } from '../../linux/programs/index.ts';
import { defineImage } from './definition.ts';

// The images of Linux distributions, which the others are built on. Adding an image is a definition like these and a line in
// `course.ts`.

/** An image is made of programs that may be loaded later than the image. */
export type ImageMaker = (programs: ProgramSource) => Image;

export const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What every small image has besides its programs. */
function account(shell: string, release: string): FileTree {
  return {
    '/etc/passwd': { text: passwd(shell) },
    '/etc/group': { text: group() },
    '/etc/os-release': { text: release },
    '/root': { directory: true, mode: 0o700 },
    '/tmp': { directory: true, mode: 0o1777 },
    '/var/log': { directory: true },
    '/var/tmp': { directory: true, mode: 0o1777 },
    '/home': { directory: true },
    '/usr/lib': { directory: true },
  };
}

/** The directories of a distribution that its packages leave empty. */
const EMPTY: FileTree = Object.fromEntries(
  ['/media', '/mnt', '/opt', '/run', '/srv'].map((path) => [path, { directory: true }]),
);

/** /etc/passwd with further lines. */
export function passwd(shell: string, more = ''): string {
  return `root:x:0:0:root:/root:${shell}\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n${more}`;
}

/** /etc/group with further lines. */
export function group(more = ''): string {
  return `root:x:0:\ndaemon:x:1:\nwww-data:x:33:\nnogroup:x:65534:\n${more}`;
}

/** What a Debian or Ubuntu image comes without: packages that people install. */
const NOT_INSTALLED: ReadonlySet<string> = new Set(
  (
    'ps top pgrep pkill killall free uptime watch w vmstat sysctl ip ss ifconfig netstat ping traceroute nslookup dig host ' +
    'curl wget jq nc vi nano less lsof strace openssl cal column hexdump hd xxd strings time who'
  ).split(' '),
);

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** The tree without the programs that are missing, except those that are asked for. */
function slim(tree: FileTree, wanted: readonly string[]): FileTree {
  return Object.fromEntries(
    Object.entries(tree).filter(([path]) => !NOT_INSTALLED.has(nameOf(path)) || wanted.includes(nameOf(path))),
  );
}

/** Package managers find no network: they say so as they do where there is none. */
const APT = `#!/bin/sh
case "$1" in
update)
    echo 'Ign:1 http://deb.debian.org/debian stable InRelease'
    echo 'Err:1 http://deb.debian.org/debian stable InRelease'
    echo "  Temporary failure resolving 'deb.debian.org'"
    echo 'Reading package lists...'
    echo 'W: Some index files failed to download. They have been ignored, or old ones used instead.' >&2
    ;;
install)
    echo 'Reading package lists...'
    echo 'Building dependency tree...'
    shift
    for package in "$@"; do
        case "$package" in -*) ;; *) echo "E: Unable to locate package $package" >&2 ;; esac
    done
    exit 100
    ;;
*)
    echo 'apt 3.0.3 (amd64)'
    ;;
esac
`;

const APK = `#!/bin/sh
case "$1" in
add | update | upgrade)
    url=https://dl-cdn.alpinelinux.org/alpine/v3.22/main/x86_64/APKINDEX.tar.gz
    echo "fetch $url"
    echo "WARNING: fetching $url: temporary error (try again later)"
    [ "$1" = add ] || { echo '4 unavailable, 0 stale; 16 distinct packages available'; exit 4; }
    shift
    echo 'ERROR: unable to select packages:'
    for package in "$@"; do
        case "$package" in -*) ;; *) printf '  %s (no such package):\\n    required by: world[%s]\\n' "$package" "$package" ;; esac
    done
    exit 1
    ;;
*)
    echo 'apk-tools 2.14.9, compiled for x86_64.'
    ;;
esac
`;

interface DebianRelease {
  readonly version: string;
  readonly point: string;
  readonly codename: string;
}

const TRIXIE: DebianRelease = { version: '13', point: '13.2', codename: 'trixie' };
const BOOKWORM: DebianRelease = { version: '12', point: '12.12', codename: 'bookworm' };

/** A Debian system as images have it, with some programs that they do not bring. */
export function debianTree(
  programs: ProgramSource,
  wanted: readonly string[] = [],
  release: DebianRelease = TRIXIE,
): FileTree {
  const { version, point, codename } = release;
  const name = `${version} (${codename})`;
  const text = `PRETTY_NAME="Debian GNU/Linux ${name}"\nNAME="Debian GNU/Linux"\nVERSION_ID="${version}"\nVERSION="${name}"\nVERSION_CODENAME=${codename}\nDEBIAN_VERSION_FULL=${point}\nID=debian\nHOME_URL="https://www.debian.org/"\nSUPPORT_URL="https://www.debian.org/support"\nBUG_REPORT_URL="https://bugs.debian.org/"\n`;
  return {
    ...slim(coreTree(programs), wanted),
    ...account('/bin/bash', text),
    ...EMPTY,
    '/etc/debian_version': { text: `${point}\n` },
    '/etc/issue': { text: `Debian GNU/Linux ${version} \\n \\l\n\n` },
    '/usr/bin/apt-get': { text: APT, mode: 0o755 },
    '/usr/bin/apt': { symlink: 'apt-get' },
  };
}

/** An Alpine system, with some programs that it does not bring. */
export function alpineTree(programs: ProgramSource, wanted: readonly string[] = []): FileTree {
  const extra = wanted.map((name) => [`/usr/bin/${name}`, { program: programs.program(name, 'gnu') }] as const);
  return {
    ...busyboxTree(programs),
    ...account(
      '/bin/sh',
      'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.2\nPRETTY_NAME="Alpine Linux v3.22"\nHOME_URL="https://alpinelinux.org/"\nBUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"\n',
    ),
    ...EMPTY,
    '/etc/alpine-release': { text: '3.22.2\n' },
    '/sbin/apk': { text: APK, mode: 0o755 },
    ...Object.fromEntries(extra),
  };
}

export const busyboxImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/busybox:1.37',
    aliases: [
      'docker.io/library/busybox:latest',
      'docker.io/library/busybox:stable',
      'docker.io/library/busybox:1',
      'docker.io/library/busybox:1.37.0',
      'docker.io/library/busybox:1.36',
      'docker.io/library/busybox:1.36.1',
      'docker.io/library/busybox:1.35',
      'docker.io/library/busybox:1.34',
      ...['1.33', '1.32', '1.31', '1.30', '1.29'].map((tag) => `docker.io/library/busybox:${tag}`),
      'registry.k8s.io/busybox:latest',
      'registry.k8s.io/e2e-test-images/busybox:1.29-4',
      'registry.k8s.io/e2e-test-images/busybox:1.29-1',
      'docker.io/library/busybox:glibc',
      'docker.io/library/busybox:musl',
      'registry.k8s.io/e2e-test-images/busybox:1.36.1-1',
      'registry.k8s.io/e2e-test-images/busybox:1.37.0-1',
    ],
    sizeBytes: 2_217_000,
    trees: () => [{ ...busyboxTree(programs), ...account('/bin/sh', 'NAME=Busybox\nID=busybox\n') }],
    command: ['sh'],
    env: { PATH },
  });

/** What the documentation of Kubernetes looks names up with. */
export const oldBusyboxImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/busybox:1.28',
    aliases: [
      'docker.io/library/busybox:1.28.0',
      'docker.io/library/busybox:1.28.3',
      'docker.io/library/busybox:1.28.4',
      'docker.io/library/busybox:1.24',
      'docker.io/library/busybox:1.27',
      'docker.io/library/busybox:1.27.2',
      'registry.k8s.io/busybox:1.27.2',
      'registry.k8s.io/busybox:1.24',
    ],
    sizeBytes: 727_000,
    trees: () => [
      {
        ...busyboxTree(programs),
        ...account('/bin/sh', 'NAME=Busybox\nID=busybox\n'),
        '/usr/bin/nslookup': { program: programs.program('old-nslookup', 'busybox') },
      },
    ],
    command: ['sh'],
    env: { PATH },
  });

export const alpineImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/alpine:3.22',
    aliases: [
      'latest',
      '3',
      '3.22.2',
      ...['3.21', '3.20', '3.19', '3.18', '3.17', '3.16', '3.15', '3.14', '3.12', '3.7', '3.4'],
    ].map((tag) => `docker.io/library/alpine:${tag}`),
    sizeBytes: 3_802_000,
    trees: () => [alpineTree(programs)],
    command: ['/bin/sh'],
    env: { PATH },
  });

export const debianImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/debian:13',
    aliases: [
      'docker.io/library/debian:latest',
      'docker.io/library/debian:stable',
      'docker.io/library/debian:stable-slim',
      'docker.io/library/debian:trixie',
      'docker.io/library/debian:trixie-slim',
      'docker.io/library/debian:13-slim',
    ],
    sizeBytes: 49_283_000,
    trees: () => [debianTree(programs)],
    command: ['bash'],
    env: { PATH },
  });

export const bookwormImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/debian:12',
    aliases: [
      'docker.io/library/debian:bookworm',
      'registry.k8s.io/build-image/debian-base:bookworm-v1.0.6',
      'docker.io/library/debian:bookworm-slim',
      'docker.io/library/debian:12-slim',
      ...['oldstable', '11', 'bullseye', 'bullseye-slim', 'buster'].map((tag) => `docker.io/library/debian:${tag}`),
    ],
    sizeBytes: 48_497_000,
    trees: () => [debianTree(programs, [], BOOKWORM)],
    command: ['bash'],
    env: { PATH },
  });

export const ubuntuImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/ubuntu:24.04',
    aliases: ['latest', 'noble', ...['22.04', 'jammy', '20.04', 'focal', '18.04', 'bionic', '16.04', '14.04']].map(
      (tag) => `docker.io/library/ubuntu:${tag}`,
    ),
    sizeBytes: 29_724_000,
    trees: () => [
      {
        ...debianTree(programs),
        '/etc/os-release': {
          text: 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.3 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\nHOME_URL="https://www.ubuntu.com/"\nSUPPORT_URL="https://help.ubuntu.com/"\nUBUNTU_CODENAME=noble\n',
        },
        '/etc/debian_version': { text: 'trixie/sid\n' },
        '/etc/issue': { text: 'Ubuntu 24.04.3 LTS \\n \\l\n\n' },
        '/etc/passwd': { text: passwd('/bin/bash', 'ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash\n') },
        '/etc/group': { text: group('ubuntu:x:1000:\n') },
        '/home/ubuntu': { directory: true, uid: 1000, gid: 1000 },
      },
    ],
    command: ['/bin/bash'],
    env: { PATH },
  });
