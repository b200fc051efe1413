import type { Program } from '../../syscalls.ts';
import { bashScript } from '../bash-script.ts';

/** The entry point of the official image: puts WordPress into an empty web root, so that it may be a volume. */
export const wordpressEntrypoint: Program = bashScript(`
set -e
if [ "$1" = apache2-foreground ] && [ ! -e index.php ]; then
    echo "WordPress not found in $PWD - copying now..." >&2
    cp -r /usr/src/wordpress/* .
    echo "Complete! WordPress has been successfully copied to $PWD" >&2
    if [ -n "$WORDPRESS_DB_HOST$WORDPRESS_DB_USER$WORDPRESS_DB_PASSWORD$WORDPRESS_DB_NAME" ]; then
        echo "No 'wp-config.php' found in $PWD, but 'WORDPRESS_...' variables supplied; copying 'wp-config-docker.php'" >&2
        cp /usr/src/wordpress/wp-config-docker.php wp-config.php
    fi
fi
exec "$@"
`);
