import type { Image } from '../../containerd/image.ts';
import { httpdFiles } from '../../linux/programs/httpd/files.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import { nginxFiles } from '../../linux/programs/nginx/files.ts';
import { redisFiles } from '../../linux/programs/redis/files.ts';
import { alpineTree, debianTree, type ImageMaker, PATH } from './base.ts';
import { defineImage } from './definition.ts';

/** nginx's versions by the shorter tags that mean them too: what a rollout goes through. */
const NGINX_VERSIONS: readonly (readonly [version: string, ...tags: string[]])[] = [
  ['1.29.4', 'latest', 'mainline', '1', '1.29', 'trixie'],
  ['1.28.0', 'stable', '1.28'],
  ['1.27.5', '1.27'],
  ['1.26.3', '1.26'],
  ['1.25.5', '1.25'],
  ['1.24.0', '1.24'],
  ['1.23.4', '1.23'],
  ['1.21.6', '1.21'],
  ['1.20.2', '1.20'],
  ['1.19.10', '1.19'],
  // Those that the documentation's examples name, and older ones of it.
  ['1.17.10', '1.17'],
  ['1.16.1', '1.16'],
  // What the charts of `helm create` run.
  ['1.16.0'],
  ['1.14.2', '1.14'],
  ['1.13.12', '1.13'],
  ['1.11.9'],
  ['1.9.1', '1.9'],
  ['1.8.1', '1.8'],
  ['1.7.9'],
];

const DOCKER = 'docker.io/library/nginx';

export function nginxImages(programs: ProgramSource): Image[] {
  const common = {
    entrypoint: ['/docker-entrypoint.sh'],
    command: ['nginx', '-g', 'daemon off;'],
    exposedPorts: ['80/tcp'],
    stopSignal: 'QUIT',
  };
  return NGINX_VERSIONS.flatMap(([version, ...tags]) => {
    const env = { PATH, NGINX_VERSION: version };
    return [
      defineImage({
        ...common,
        reference: `${DOCKER}:${version}`,
        aliases: tags.map((tag) => `${DOCKER}:${tag}`),
        sizeBytes: 59_774_000,
        trees: () => [debianTree(programs, ['curl']), nginxFiles(programs)],
        env,
      }),
      defineImage({
        ...common,
        reference: `${DOCKER}:${version}-alpine`,
        aliases: tags.map((tag) => (tag === 'latest' ? `${DOCKER}:alpine` : `${DOCKER}:${tag}-alpine`)),
        sizeBytes: 20_521_000,
        trees: () => [alpineTree(programs, ['curl']), nginxFiles(programs)],
        env,
      }),
    ];
  });
}

export const httpdImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/httpd:2.4',
    aliases: [
      'docker.io/library/httpd:latest',
      'docker.io/library/httpd:2',
      'docker.io/library/httpd:2.4.65',
      'registry.k8s.io/e2e-test-images/httpd:2.4.38-4',
      'registry.k8s.io/e2e-test-images/httpd:2.4.39-4',
    ],
    sizeBytes: 45_129_000,
    trees: () => [debianTree(programs), httpdFiles(programs)],
    command: ['httpd-foreground'],
    env: { PATH: `/usr/local/apache2/bin:${PATH}`, HTTPD_PREFIX: '/usr/local/apache2' },
    workingDirectory: '/usr/local/apache2',
    exposedPorts: ['80/tcp'],
    stopSignal: 'WINCH',
  });

/** Real ones run as the user redis when they may; here as the user that the Pod says. */
export const redisImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/redis:8.2',
    aliases: [
      'latest',
      '8',
      '8.2.1',
      'alpine',
      '8-alpine',
      '7',
      '7.4',
      '7.2',
      '7-alpine',
      '6',
      '6.2',
      '8.0',
      '8.0.2',
      '6.0.5',
      '5.0.4',
      '7.0',
      '3.2-alpine',
    ].map((tag) => `docker.io/library/redis:${tag}`),
    sizeBytes: 52_470_000,
    trees: () => [debianTree(programs), redisFiles(programs)],
    entrypoint: ['docker-entrypoint.sh'],
    command: ['redis-server'],
    env: { PATH, REDIS_VERSION: '8.2.1' },
    workingDirectory: '/data',
    exposedPorts: ['6379/tcp'],
  });
