import type { FileTree } from '../../host.ts';
import type { ProgramSource } from '../program-source.ts';

/** The files of the mysql image, on top of a Debian-like base. */
export function mysqlFiles(source: ProgramSource): FileTree {
  return {
    '/usr/sbin/mysqld': { program: source.program('mysqld', 'gnu') },
    '/usr/bin/mysql': { program: source.program('mysql', 'gnu') },
    '/usr/bin/mysqladmin': { program: source.program('mysqladmin', 'gnu') },
    '/usr/local/bin/docker-entrypoint.sh': { program: source.program('mysql-entrypoint', 'gnu') },
    '/docker-entrypoint-initdb.d': { directory: true },
    '/etc/mysql/conf.d': { directory: true },
    '/var/lib/mysql': { directory: true, mode: 0o1777 },
    '/var/run/mysqld': { directory: true, mode: 0o1777 },
  };
}

/** What clones MySQL's data from Pod to Pod. */
export function xtrabackupFiles(source: ProgramSource): FileTree {
  return {
    '/usr/bin/mysql': { program: source.program('mysql', 'gnu') },
    '/usr/bin/ncat': { program: source.program('ncat', 'gnu') },
    '/usr/bin/xbstream': { program: source.program('xbstream', 'gnu') },
    '/usr/bin/xtrabackup': { program: source.program('xtrabackup', 'gnu') },
  };
}
