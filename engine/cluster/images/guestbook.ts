import { redisFiles } from '../../linux/programs/redis/files.ts';
import { debianTree, type ImageMaker, PATH } from './base.ts';
import { defineImage } from './definition.ts';

// https://kubernetes.io/docs/tutorials/stateless-application/guestbook/ (its leader is a plain redis)

const GKE_SAMPLES = 'us-docker.pkg.dev/google-samples/containers/gke';
const SAMPLES = 'gcr.io/google_samples';

const FOLLOW = `#!/bin/bash
leader=redis-leader
[ "\${GET_HOSTS_FROM:-dns}" = env ] && leader=$REDIS_LEADER_SERVICE_HOST
exec redis-server --replicaof "$leader" 6379 --protected-mode no
`;

export const guestbookFollowerImage: ImageMaker = (programs) =>
  defineImage({
    reference: `${GKE_SAMPLES}/gb-redis-follower:v2`,
    aliases: [`${SAMPLES}/gb-redis-follower:v2`],
    sizeBytes: 41_400_000,
    trees: () => [debianTree(programs), redisFiles(programs), { '/run.sh': { text: FOLLOW, mode: 0o755 } }],
    entrypoint: ['docker-entrypoint.sh'],
    command: ['/run.sh'],
    env: { PATH, REDIS_VERSION: '8.2.1' },
    workingDirectory: '/data',
    exposedPorts: ['6379/tcp'],
  });

export const guestbookFrontendImage: ImageMaker = (programs) =>
  defineImage({
    reference: `${GKE_SAMPLES}/gb-frontend:v5`,
    aliases: [`${SAMPLES}/gb-frontend:v5`, `${SAMPLES}/gb-frontend:v4`, `${GKE_SAMPLES}/gb-frontend:v4`],
    sizeBytes: 178_000_000,
    trees: () => [
      {
        ...debianTree(programs, ['curl']),
        '/usr/local/bin/apache2-foreground': { program: programs.program('guestbook-frontend', 'gnu'), size: 900_000 },
      },
    ],
    command: ['apache2-foreground'],
    env: { PATH },
    workingDirectory: '/var/www/html',
    exposedPorts: ['80/tcp'],
    stopSignal: 'WINCH',
  });
