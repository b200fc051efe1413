import type { FileTree } from '../../host.ts';
import type { ProgramSource } from '../program-source.ts';

/** The files of the wordpress image, on top of a Debian-like base. */
export function wordpressFiles(source: ProgramSource): FileTree {
  const root = '/usr/src/wordpress';
  return {
    '/usr/local/bin/apache2-foreground': { program: source.program('wordpress', 'gnu') },
    '/usr/local/bin/docker-entrypoint.sh': { program: source.program('wordpress-entrypoint', 'gnu') },
    [`${root}/index.php`]: { text: '<?php\n' },
    [`${root}/wp-config-docker.php`]: { text: '<?php\n' },
    [`${root}/wp-content`]: { directory: true },
    '/var/www/html': { directory: true, mode: 0o1777 },
  };
}
