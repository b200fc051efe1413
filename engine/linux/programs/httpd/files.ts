import type { FileTree } from '../../host.ts';
import type { ProgramSource } from '../program-source.ts';

const CONFIG = `ServerRoot "/usr/local/apache2"

Listen 80

User www-data
Group www-data
ServerAdmin you@example.com
#ServerName www.example.com:80

<Directory />
    AllowOverride none
    Require all denied
</Directory>

DocumentRoot "/usr/local/apache2/htdocs"
<Directory "/usr/local/apache2/htdocs">
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>

<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>

<Files ".ht*">
    Require all denied
</Files>

ErrorLog /proc/self/fd/2
LogLevel warn

<IfModule log_config_module>
    LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
    CustomLog /proc/self/fd/1 common
</IfModule>

<IfModule mime_module>
    TypesConfig conf/mime.types
</IfModule>
`;

/** The files of the httpd image, on top of a Debian-like base. */
export function httpdFiles(source: ProgramSource): FileTree {
  return {
    '/usr/local/apache2/bin/httpd': { program: source.program('httpd', 'gnu'), size: 2_094_000 },
    '/usr/local/bin/httpd-foreground': {
      text: '#!/bin/sh\nset -e\n\n# Apache gets grumpy about PID files pre-existing\nrm -f /usr/local/apache2/logs/httpd.pid\n\nexec httpd -DFOREGROUND "$@"\n',
      mode: 0o755,
    },
    '/usr/local/apache2/conf/httpd.conf': { text: CONFIG },
    '/usr/local/apache2/htdocs/index.html': { text: '<html><body><h1>It works!</h1></body></html>\n' },
    '/usr/local/apache2/logs': { directory: true },
  };
}
