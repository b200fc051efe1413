import type { FileTree } from '../../host.ts';
import type { ProgramSource } from '../program-source.ts';

const NGINX_CONF = `user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
`;

const DEFAULT_CONF = `server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`;

const MIME_TYPES = `types {
    text/html                             html htm shtml;
    text/css                              css;
    text/xml                              xml;
    text/plain                            txt;
    text/markdown                         md;
    image/gif                             gif;
    image/jpeg                            jpeg jpg;
    image/png                             png;
    image/svg+xml                         svg svgz;
    image/webp                            webp;
    image/x-icon                          ico;
    application/javascript                js;
    application/json                      json;
    application/pdf                       pdf;
    application/wasm                      wasm;
    application/zip                       zip;
    application/octet-stream              bin exe dll iso img;
    font/woff                             woff;
    font/woff2                            woff2;
    audio/mpeg                            mp3;
    video/mp4                             mp4;
}
`;

const INDEX_HTML = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>This page comes from an nginx that runs on a simulated machine. Put your own
files into <code>/usr/share/nginx/html</code> to replace it.</p>
</body>
</html>
`;

const ERROR_HTML = `<!DOCTYPE html>
<html>
<head>
<title>Error</title>
</head>
<body>
<h1>An error occurred.</h1>
<p>The server could not answer this request. Its error log may say why.</p>
</body>
</html>
`;

/** Runs what is in /docker-entrypoint.d before nginx, and says so, as the official image's entry point does. */
const ENTRYPOINT = `#!/bin/sh
set -e

entrypoint_log() {
    if [ -z "\${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$@"
    fi
}

if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
    found=
    for f in /docker-entrypoint.d/*; do
        [ -e "$f" ] && found=1
    done
    if [ -n "$found" ]; then
        entrypoint_log "$0: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"
        entrypoint_log "$0: Looking for shell scripts in /docker-entrypoint.d/"
        for f in /docker-entrypoint.d/*; do
            case "$f" in
                *.envsh)
                    entrypoint_log "$0: Sourcing $f"
                    . "$f"
                    ;;
                *.sh)
                    if [ -x "$f" ]; then
                        entrypoint_log "$0: Launching $f"
                        "$f"
                    else
                        entrypoint_log "$0: Ignoring $f, not executable"
                    fi
                    ;;
                *) entrypoint_log "$0: Ignoring $f" ;;
            esac
        done
        entrypoint_log "$0: Configuration complete; ready for start up"
    else
        entrypoint_log "$0: No files found in /docker-entrypoint.d/, skipping configuration"
    fi
fi

exec "$@"
`;

const TEMPLATES = `#!/bin/sh
# Fills /etc/nginx/templates/*.template with the environment, where there are any.
for template in /etc/nginx/templates/*.template; do
    [ -e "$template" ] || exit 0
    name=\${template##*/}
    eval "cat <<END_OF_TEMPLATE
$(sed -e 's/[\\\\\`]/\\\\&/g' -e 's/\\$\\([a-z]\\)/\\\\$\\1/g' "$template")
END_OF_TEMPLATE" > "/etc/nginx/conf.d/\${name%.template}"
done
`;

/** The files of the nginx image, on top of a Debian-like base: programs, configuration, pages and logs. */
export function nginxFiles(source: ProgramSource): FileTree {
  return {
    '/usr/sbin/nginx': { program: source.program('nginx', 'gnu'), size: 1_586_552 },
    '/docker-entrypoint.sh': { text: ENTRYPOINT, mode: 0o755 },
    '/docker-entrypoint.d/20-envsubst-on-templates.sh': { text: TEMPLATES, mode: 0o755 },
    '/etc/nginx/nginx.conf': { text: NGINX_CONF },
    '/etc/nginx/conf.d/default.conf': { text: DEFAULT_CONF },
    '/etc/nginx/mime.types': { text: MIME_TYPES },
    '/usr/share/nginx/html/index.html': { text: INDEX_HTML },
    '/usr/share/nginx/html/50x.html': { text: ERROR_HTML },
    '/var/log/nginx/access.log': { symlink: '/dev/stdout' },
    '/var/log/nginx/error.log': { symlink: '/dev/stderr' },
    '/var/cache/nginx': { directory: true },
    '/etc/passwd': {
      text: 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nnginx:x:101:101:nginx user:/nonexistent:/bin/false\n',
    },
    '/etc/group': { text: 'root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\nnginx:x:101:\n' },
  };
}
