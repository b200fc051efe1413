import { expect, test } from 'vitest';
import type { FileTree } from '../../host.ts';
import { testShell } from '../../shell/testing/test-shell.ts';
import { allPrograms } from '../all-programs.ts';
import { nginxFiles } from './files.ts';

function started(files: FileTree = {}) {
  const shell = testShell('dash', { ...nginxFiles(allPrograms), ...files });
  const { stdout, stderr } = shell.sh(
    '/docker-entrypoint.sh nginx -g "daemon off;" > /tmp/log 2>&1 & sleep 1; cat /tmp/log',
  );
  return { shell, log: stdout + stderr };
}

test('the log of a start', () => {
  const { log } = started();
  expect(log).toContain('/docker-entrypoint.sh: Configuration complete; ready for start up\n');
  expect(log).toMatch(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[notice\] \d+#\d+: start worker process \d+\n/);
});

test('pages, and what is said of them in the log', () => {
  const { shell } = started();
  expect(shell.sh('curl -si localhost').stdout).toMatch(
    /^HTTP\/1\.1 200 OK\r\nServer: nginx\/1\.29\.4\r\n[\s\S]*<h1>Welcome to nginx!<\/h1>/,
  );
  expect(shell.sh('curl -s localhost/nope').stdout).toBe(
    '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx/1.29.4</center>\r\n</body>\r\n</html>\r\n',
  );
  shell.sh('echo mine > /usr/share/nginx/html/index.html; mkdir /usr/share/nginx/html/empty');
  expect(shell.sh('wget -qO- localhost').stdout).toBe('mine\n');
  expect(
    shell.sh(
      'curl -s -o /dev/null -w "%{http_code} " localhost/empty/ -X GET; curl -s -o /dev/null -w "%{http_code} " -X DELETE localhost; curl -sI localhost/empty | head -1',
    ).stdout,
  ).toMatch(/^403 405 HTTP\/1\.1 301 Moved Permanently/);
  const log = shell.sh('cat /tmp/log').stdout;
  expect(log).toMatch(
    /^127\.0\.0\.1 - - \[12\/Jan\/2026:09:00:\d\d \+0000\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "curl\/8\.14\.1" "-"$/m,
  );
  expect(log).toMatch(
    /\[error\] \d+#\d+: \*\d+ open\(\) "\/usr\/share\/nginx\/html\/nope" failed \(2: No such file or directory\), client: 127\.0\.0\.1, server: localhost, request: "GET \/nope HTTP\/1\.1", host: "localhost"/,
  );
});

test('an unchanged page is not sent again, and nothing outside the root ever', () => {
  const { shell } = started();
  const etag = /ETag: ("[^"]+")/.exec(shell.sh('curl -sI localhost').stdout)?.[1];
  expect(shell.sh(`curl -s -o /dev/null -w '%{http_code}' -H 'If-None-Match: ${etag}' localhost`).stdout).toBe('304');
  expect(shell.sh("printf 'GET /../../../etc/passwd HTTP/1.0\\r\\n\\r\\n' | nc localhost 80").stdout).toContain(
    '400 Bad Request',
  );
  expect(
    shell.sh("printf 'GET /%%2e%%2e/%%2e%%2e/etc/passwd HTTP/1.0\\r\\n\\r\\n' | nc localhost 80").stdout,
  ).toContain('400 Bad Request');
});

test('servers, locations and returns of a configuration', () => {
  const { shell } = started({
    '/etc/nginx/conf.d/default.conf': {
      text: `server {
  listen 8080;
  server_name a.example;
  location = /exact { return 200 "exact\\n"; }
  location /old { return 301 /new$request_uri; }
  location ~ \\.cgi$ { return 403; }
  location / { root /srv; try_files $uri /fallback.html; add_header X-Test yes; }
  error_page 403 /denied.html;
}
server { listen 8080 default_server; return 404 "other\\n"; }
server { listen 9090; location / { proxy_pass http://127.0.0.1:8080; } }
`,
    },
    '/srv/fallback.html': { text: 'fallback\n' },
    '/srv/denied.html': { text: 'denied\n' },
  });
  const get = (path: string, host = 'a.example') => shell.sh(`curl -s -H 'Host: ${host}' localhost:8080${path}`).stdout;
  expect(get('/exact')).toBe('exact\n');
  expect(get('/anything')).toBe('fallback\n');
  expect(get('/x.cgi')).toBe('denied\n');
  expect(get('/', 'b.example')).toBe('other\n');
  expect(shell.sh("curl -sI -H 'Host: a.example' localhost:8080/old/x").stdout).toContain(
    'Location: http://a.example:8080/new/old/x\r\n',
  );
  expect(shell.sh('curl -s -w "%{http_code}" localhost:9090/x').stdout).toBe('other\n404');
});

test.for([
  ['server { listen 80; foo bar; }', 'unknown directive "foo" in /etc/nginx/conf.d/default.conf:1'],
  ['server { listen 80 }', 'unexpected "}" in /etc/nginx/conf.d/default.conf:1'],
  ['server {\n listen 80;\n', 'unexpected end of file, expecting "}" in /etc/nginx/conf.d/default.conf:2'],
  ['location / { }', '"location" directive is not allowed here in /etc/nginx/conf.d/default.conf:1'],
  [
    'server { listen eighty; }',
    'invalid port in "eighty" of the "listen" directive in /etc/nginx/conf.d/default.conf:1',
  ],
  ['}', 'unexpected "}" in /etc/nginx/conf.d/default.conf:1'],
] as const)('the configuration %j is refused', ([text, message]) => {
  const shell = testShell('dash', { ...nginxFiles(allPrograms), '/etc/nginx/conf.d/default.conf': { text } });
  const result = shell.sh('nginx -t');
  expect(result.stderr).toContain(`nginx: [emerg] ${message}\n`);
  expect(result.exitCode).toBe(1);
});

test('reload, a killed worker, and a graceful end', () => {
  const { shell } = started();
  shell.sh("sed -i 's/listen       80/listen 81/' /etc/nginx/conf.d/default.conf; nginx -s reload; sleep 1");
  expect(shell.sh('curl -s -o /dev/null -w "%{http_code} " localhost:81; curl -s localhost; echo $?').stdout).toBe(
    '200 7\n',
  );
  shell.sh('kill -9 $(pgrep -P $(cat /run/nginx.pid) | head -n1); sleep 1');
  expect(shell.sh('curl -s -o /dev/null -w "%{http_code}" localhost:81').stdout).toBe('200');
  shell.sh('kill -QUIT $(cat /run/nginx.pid); sleep 1');
  const result = shell.sh('pgrep nginx; cat /tmp/log');
  expect(result.stdout).toMatch(/worker process \d+ exited on signal 9\n/);
  expect(result.stdout).toMatch(/signal 3 \(SIGQUIT\) received from \d+, shutting down\n[\s\S]*: exit\n$/);
});

test('a second nginx finds the port taken', () => {
  const { shell } = started();
  expect(shell.sh('nginx -g "daemon off;"').stderr).toContain(
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n',
  );
});

test('an upstream: in turn by weight, round a server that is down, and a backup when nobody else is left', () => {
  const backend = (port: number, name: string) => `server { listen ${port}; location / { return 200 "${name}"; } }\n`;
  const { shell } = started({
    '/etc/nginx/conf.d/default.conf': {
      text: `upstream web { server 127.0.0.1:8001 weight=2; server 127.0.0.1:8002; server 127.0.0.1:9999; }
upstream spare { server 127.0.0.1:9999; server 127.0.0.1:8002 backup; }
upstream dead { server 127.0.0.1:9999; server 127.0.0.1:9998; }
server { listen 80; location / { proxy_pass http://web; } location /spare { proxy_pass http://spare; } location /dead { proxy_pass http://dead; } }
${backend(8001, 'a')}${backend(8002, 'b')}`,
    },
    '/etc/nginx/nginx.conf': {
      text: 'worker_processes 1;\nevents { }\nhttp { access_log off; include /etc/nginx/conf.d/*.conf; }\n',
    },
  });
  expect([...shell.sh('for i in 1 2 3 4 5 6; do curl -s localhost; done').stdout].sort().join('')).toBe('aaaabb');
  expect(shell.sh('curl -s localhost/spare').stdout).toBe('b');
  expect(shell.sh('curl -s -o /dev/null -w "%{http_code}" localhost/dead').stdout).toBe('502');
  expect(shell.sh('cat /var/log/nginx/error.log /tmp/log').stdout).toContain(
    'connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1, server: , request: "GET /dead HTTP/1.1", upstream: "http://127.0.0.1:9998/dead"',
  );
});

test('what is passed on: fields as they were set, the rest as they came, and the answer’s own', () => {
  const { shell } = started({
    '/etc/nginx/conf.d/default.conf': {
      text: `server { listen 80; location /api/ { proxy_pass http://localhost:8001/; proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }
server { listen 8001; location / { add_header X-Served-By backend; return 201 "$request_uri $http_host $http_x_real_ip $http_x_forwarded_for $http_x_own\\n"; } }
`,
    },
  });
  const { stdout } = shell.sh("curl -si -H 'X-Own: mine' -H 'X-Forwarded-For: 1.2.3.4' localhost/api/v1?q=1");
  expect(stdout).toMatch(/^HTTP\/1\.1 201 Created\r\n[\s\S]*X-Served-By: backend\r\n/);
  expect(stdout).toContain('/v1?q=1 localhost 127.0.0.1 1.2.3.4, 127.0.0.1 mine\n');
});

test('a field that the configuration sets twice is sent twice, and in place of the client’s', () => {
  const { shell } = started({
    '/etc/nginx/conf.d/default.conf': {
      text: 'server { listen 80; location / { proxy_pass http://127.0.0.1:8001; proxy_set_header X-A one; proxy_set_header X-A two; } }',
    },
  });
  const { stdout } = shell.sh(
    "printf 'HTTP/1.0 200 OK\\r\\n\\r\\n' | nc -l -p 8001 > /tmp/heard & sleep 1; curl -s -H 'X-A: zero' localhost; sleep 1; grep -i x-a /tmp/heard",
  );
  expect(stdout).toBe('X-A: one\r\nX-A: two\r\n');
});

test('a host that nobody knows keeps nginx from starting', () => {
  const text = 'server { listen 80; location / { proxy_pass http://backend:8080; } }\n';
  const shell = testShell('dash', { ...nginxFiles(allPrograms), '/etc/nginx/conf.d/default.conf': { text } });
  expect(shell.sh('nginx -t')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      'nginx: [emerg] host not found in upstream "backend" in /etc/nginx/conf.d/default.conf:1\n',
    ),
  });
});

test('what a rule has led elsewhere may enter an internal location, and nobody from outside', () => {
  const { shell } = started({
    '/etc/nginx/conf.d/default.conf': {
      text: 'server { listen 80; location / { rewrite ^ /inner last; } location = /inner { internal; return 200 "inside $request_uri"; } }',
    },
  });
  expect(shell.sh('curl -s localhost/a').stdout).toBe('inside /a');
  expect(shell.sh('curl -s -o /dev/null -w "%{http_code}" localhost/inner').stdout).toBe('404');
});

const ECHO = `#!/bin/sh
while read -r line; do
    case "$line" in Upgrade:*) kind=\${line#Upgrade: } ;; Connection:*) wish=\${line#Connection: } ;; esac
    [ "\${#line}" -le 1 ] && break
done
case "$wish" in upgrade*) ;; *) printf 'HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n'; exit ;; esac
printf 'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\nX-Kind: yes\\r\\n\\r\\nhello\\n'
while read -r line; do echo "back: $line"; [ "$line" = bye ] && exit; done
`;

const UPGRADING = `map $http_upgrade $connection_upgrade { default upgrade; '' close; }
server {
    listen 80;
    proxy_http_version 1.1;
    proxy_read_timeout 5s;
    location /ws { proxy_pass http://127.0.0.1:9000; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; }
    location /plain { proxy_pass http://127.0.0.1:9000; }
}
`;

test('a protocol that a server behind changes to goes through, both ways, and is told of when it is over', () => {
  const { shell } = started({
    '/etc/nginx/conf.d/default.conf': { text: UPGRADING },
    '/echo.sh': { text: ECHO, mode: 0o755 },
  });
  shell.sh('(while true; do nc -l -p 9000 -e /echo.sh; done) > /dev/null 2>&1 & sleep 1');
  const talk = (path: string, said: string) => {
    const head = `GET ${path} HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\n`;
    return shell.sh(`(printf '${head}'; ${said}) | nc localhost 80`).stdout.replaceAll('\r', '');
  };
  const first = talk('/ws', 'sleep 1; echo one; sleep 1; echo bye; sleep 1');
  expect(first).toMatch(/^HTTP\/1\.1 101 Switching Protocols\nServer: nginx[^\n]*\nDate: /);
  expect(first).toContain('X-Kind: yes\n');
  expect(first).toContain('Upgrade: echo\nConnection: upgrade\n\nhello\nback: one\nback: bye\n');
  expect(shell.sh('tail -1 /tmp/log').stdout).toMatch(/"GET \/ws HTTP\/1\.1" 101 \d\d /);
  // What the configuration does not pass on does not get through.
  expect(talk('/plain', 'sleep 1')).toMatch(/^HTTP\/1\.1 400 /);
  // Nothing came for longer than proxy_read_timeout.
  const silent = shell.sh(
    `date +%s; ${"(printf 'GET /ws HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\n'; sleep 20) | nc localhost 80 > /dev/null"}; date +%s`,
  ).stdout;
  const [before = 0, after = 0] = silent.trim().split('\n').map(Number);
  expect(after - before).toBeGreaterThanOrEqual(5);
  expect(shell.sh('curl -s -o /dev/null -w "%{http_code}" localhost/plain').stdout).toBe('400');
});
