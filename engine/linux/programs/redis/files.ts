import type { FileTree } from '../../host.ts';
import type { ProgramSource } from '../program-source.ts';

/** The entry point of the official image: options alone are those of the server. */
const ENTRYPOINT = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ] || [ "\${1%.conf}" != "$1" ]; then
    set -- redis-server "$@"
fi
exec "$@"
`;

/** The files of the redis image, on top of a Debian-like base. */
export function redisFiles(source: ProgramSource): FileTree {
  return {
    '/usr/local/bin/redis-server': { program: source.program('redis-server', 'gnu'), size: 14_935_592 },
    '/usr/local/bin/redis-cli': { program: source.program('redis-cli', 'gnu'), size: 7_291_864 },
    '/usr/local/bin/docker-entrypoint.sh': { text: ENTRYPOINT, mode: 0o755 },
    '/data': { directory: true },
  };
}
