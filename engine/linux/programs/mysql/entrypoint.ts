import type { Program } from '../../syscalls.ts';
import { bashScript } from '../bash-script.ts';

/** The entry point of the official image: makes the databases, users and passwords that the environment names, once. */
export const mysqlEntrypoint: Program = bashScript(`
set -eo pipefail

note() {
    printf '%s [%s] [Entrypoint]: %s\\n' "$(date '+%Y-%m-%d %H:%M:%S+00:00')" "$1" "$2"
}

# NAME or the contents of the file NAME_FILE
setting() {
    local file_name="$1_FILE"
    if [ -n "\${!file_name}" ]; then cat "\${!file_name}"; else printf %s "\${!1}"; fi
}

prepare() {
    local root_password user password
    root_password=$(setting MYSQL_ROOT_PASSWORD)
    user=$(setting MYSQL_USER)
    password=$(setting MYSQL_PASSWORD)
    if [ -z "$root_password" ] && [ -z "$MYSQL_ALLOW_EMPTY_PASSWORD" ] && [ -z "$MYSQL_RANDOM_ROOT_PASSWORD" ]; then
        note ERROR 'Database is uninitialized and password option is not specified
    You need to specify one of the following as an environment variable:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD' >&2
        exit 1
    fi
    if [ "$user" = root ]; then
        note ERROR 'MYSQL_USER="root", MYSQL_USER and MYSQL_PASSWORD are for configuring a regular user and cannot be used for the root user' >&2
        exit 1
    fi
    note Note 'Initializing database files'
    mysqld --initialize-insecure
    note Note 'Database files initialized'
    note Note 'Starting temporary server'
    mysqld --skip-networking &
    until mysqladmin ping > /dev/null 2>&1; do sleep 0.2; done
    note Note 'Temporary server started.'
    if [ -n "$MYSQL_RANDOM_ROOT_PASSWORD" ]; then
        root_password=$(uuidgen)
        note Note "GENERATED ROOT PASSWORD: $root_password"
    fi
    {
        echo "CREATE USER 'root'@'%' IDENTIFIED BY '$root_password';"
        echo "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;"
        if [ -n "$MYSQL_DATABASE" ]; then
            note Note "Creating database $MYSQL_DATABASE" >&2
            echo "CREATE DATABASE IF NOT EXISTS \\\`$MYSQL_DATABASE\\\`;"
        fi
        if [ -n "$user" ] && [ -n "$password" ]; then
            note Note "Creating user $user" >&2
            echo "CREATE USER '$user'@'%' IDENTIFIED BY '$password';"
            if [ -n "$MYSQL_DATABASE" ]; then
                note Note "Giving user $user access to schema $MYSQL_DATABASE" >&2
                echo "GRANT ALL ON \\\`$MYSQL_DATABASE\\\`.* TO '$user'@'%';"
            fi
        fi
        echo "ALTER USER 'root'@'localhost' IDENTIFIED BY '$root_password';"
    } | mysql
    export MYSQL_PWD="$root_password"
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
        *.sh)
            note Note "$0: running $file"
            . "$file"
            ;;
        *.sql)
            note Note "$0: running $file"
            mysql $MYSQL_DATABASE < "$file"
            ;;
        esac
    done
    note Note 'Stopping temporary server'
    mysqladmin shutdown
    unset MYSQL_PWD
    wait
    note Note 'Temporary server stopped'
    note Note 'MySQL init process done. Ready for start up.'
}

if [ "\${1:0:1}" = - ]; then set -- mysqld "$@"; fi
if [ "$1" = mysqld ]; then
    note Note "Entrypoint script for MySQL Server $MYSQL_VERSION started."
    mkdir -p /var/lib/mysql
    if [ ! -d /var/lib/mysql/mysql ]; then prepare; fi
fi
exec "$@"
`);
