import type { Image } from '../../containerd/image.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import { mysqlFiles, xtrabackupFiles } from '../../linux/programs/mysql/files.ts';
import { wordpressFiles } from '../../linux/programs/wordpress/files.ts';
import { debianTree, type ImageMaker, PATH } from './base.ts';
import { defineImage } from './definition.ts';

/** MySQL's versions by the shorter tags that mean them too. */
const VERSIONS: Readonly<Record<string, string>> = {
  '9.5.0': 'latest 9 9.5',
  '8.4.7': '8.4 lts',
  '8.0.44': '8 8.0 8.0.36',
  '5.7.44': '5 5.7',
  '5.6.51': '5.6',
};

const REPOSITORY = 'docker.io/library/mysql';

/** https://kubernetes.io/docs/tasks/run-application/run-single-instance-stateful-application/ */
export function mysqlImages(programs: ProgramSource): readonly Image[] {
  return Object.entries(VERSIONS).map(([version, tags]) =>
    defineImage({
      reference: `${REPOSITORY}:${version}`,
      aliases: tags.split(' ').map((tag) => `${REPOSITORY}:${tag}`),
      sizeBytes: 236_000_000,
      trees: () => [debianTree(programs), mysqlFiles(programs)],
      entrypoint: ['docker-entrypoint.sh'],
      command: ['mysqld'],
      env: { PATH, MYSQL_VERSION: version },
      exposedPorts: ['3306/tcp', '33060/tcp'],
    }),
  );
}

/** https://kubernetes.io/docs/tasks/run-application/run-replicated-stateful-application/ */
export const xtrabackupImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'gcr.io/google-samples/xtrabackup:1.0',
    sizeBytes: 124_000_000,
    trees: () => [debianTree(programs), xtrabackupFiles(programs)],
    command: ['bash'],
    env: { PATH },
  });

const WORDPRESS = 'docker.io/library/wordpress';

/** https://kubernetes.io/docs/tutorials/stateful-application/mysql-wordpress-persistent-volume/ */
export const wordpressImage: ImageMaker = (programs) =>
  defineImage({
    reference: `${WORDPRESS}:6.2.1-apache`,
    aliases: ['latest', '6', 'apache', '4.8-apache'].map((tag) => `${WORDPRESS}:${tag}`),
    sizeBytes: 204_000_000,
    trees: () => [debianTree(programs, ['curl']), wordpressFiles(programs)],
    entrypoint: ['docker-entrypoint.sh'],
    command: ['apache2-foreground'],
    env: { PATH },
    workingDirectory: '/var/www/html',
    exposedPorts: ['80/tcp'],
    stopSignal: 'WINCH',
  });
