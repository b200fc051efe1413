import { expect, test } from 'vitest';
import type { FileTree } from '../../host.ts';
import { testShell } from '../../shell/testing/test-shell.ts';
import { allPrograms } from '../all-programs.ts';
import { nginxFiles } from './files.ts';

function serving(http: string, files: FileTree = {}) {
  const shell = testShell('dash', {
    ...nginxFiles(allPrograms),
    '/var/log/nginx/access.log': { text: '' },
    '/var/log/nginx/error.log': { text: '' },
    '/etc/nginx/nginx.conf': {
      text: `worker_processes 1;\nerror_log /var/log/nginx/error.log info;\nevents { }\nhttp {\n${http}\n}\n`,
    },
    ...files,
  });
  const { stderr } = shell.sh('nginx; sleep 1');
  if (stderr !== '') throw new Error(stderr);
  return shell;
}

const codes = (count: number, path = '') =>
  `for i in $(seq ${count}); do curl -s -o /dev/null -w "%{http_code} " localhost${path}; done`;

test('a rate: what is within the burst waits its turn, what is beyond it is refused, and who waits holds up nobody', () => {
  const shell = serving(
    `limit_req_zone $binary_remote_addr zone=slow:1m rate=1r/s;
    server { location / { limit_req zone=slow burst=2; proxy_pass http://127.0.0.1:81; } location /now { limit_req zone=slow burst=1 nodelay; limit_req_status 429; proxy_pass http://127.0.0.1:81; } location /free { return 200; } }
    server { listen 81; location / { return 200; } }`,
  );
  const start = shell.sim.nowMs;
  expect(shell.sh(codes(3)).stdout).toBe('200 200 200 ');
  expect(shell.sim.nowMs - start).toBeGreaterThanOrEqual(2000);
  shell.sh('sleep 10');
  expect(shell.sh(codes(4, '/now')).stdout).toBe('200 200 429 429 ');
  expect(shell.sh('cat /var/log/nginx/error.log').stdout).toMatch(
    /\[error\] \d+#\d+: \*\d+ limiting requests, excess: 1\.9\d\d by zone "slow", client: 127\.0\.0\.1, server: , request: "GET \/now HTTP\/1\.1", host: "localhost"\n/,
  );
  shell.sh('sleep 10');
  const both = shell.sh(
    'curl -s localhost & curl -s localhost & curl -s -o /dev/null -w "%{time_total}" localhost/free',
  );
  expect(Number(both.stdout)).toBeLessThan(0.5);
});

test('a head that comes drop by drop ends after its time, and others are served meanwhile', () => {
  const shell = serving('server { client_header_timeout 10s; location / { return 200 "fine"; } }');
  shell.sh(
    '(printf "GET / HTTP/1.1\\r\\n"; for i in $(seq 20); do sleep 3; printf "X-%s: y\\r\\n" $i; done) | nc localhost 80 > /tmp/slow & sleep 8',
  );
  expect(shell.sh('curl -s localhost').stdout).toBe('fine');
  shell.sh('sleep 12');
  const { stdout } = shell.sh('cat /tmp/slow; cat /var/log/nginx/access.log');
  expect(stdout).toContain('" 408 0 "-" "-"\n');
});

test('many connections that say nothing take nothing from who asks', () => {
  const shell = serving('server { location / { return 200 "fine"; } }');
  shell.sh('for i in $(seq 50); do (sleep 30 | nc localhost 80) & done; sleep 1');
  expect(shell.sh('curl -s localhost').stdout).toBe('fine');
});

test('what is too large', () => {
  const shell = serving(
    'server { client_max_body_size 100; location / { proxy_pass http://127.0.0.1:81; } location /big { client_max_body_size 1m; proxy_pass http://127.0.0.1:81; } } server { listen 81; location / { return 200; } }',
  );
  const post = (path: string, bytes: number) =>
    shell.sh(
      `head -c ${bytes} /dev/zero | tr '\\0' x > /tmp/body; curl -s -o /dev/null -w "%{http_code}" -d @/tmp/body localhost${path}`,
    ).stdout;
  expect(post('/', 50)).toBe('200');
  expect(post('/', 200)).toBe('413');
  expect(post('/big', 200)).toBe('200');
  expect(shell.sh('cat /var/log/nginx/error.log').stdout).toContain(
    'client intended to send too large body: 200 bytes, client: 127.0.0.1',
  );
  const long = 'a'.repeat(9000);
  expect(shell.sh(`curl -s -o /dev/null -w "%{http_code}" "localhost/${long}"`).stdout).toBe('414');
  expect(shell.sh(`curl -s -H "X-Long: ${long}" localhost`).stdout).toContain('Request Header Or Cookie Too Large');
});

test('a connection goes on after somebody behind has answered on it', () => {
  const shell = serving(
    'server { location / { proxy_pass http://127.0.0.1:81; } } server { listen 81; location / { return 200 "$request_uri;"; } }',
  );
  const request = 'GET /one HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n';
  const { stdout } = shell.sh(
    `(printf '${request}'; printf '${request.replace('one', 'two')}'; sleep 1; printf '${request.replace('one', 'three')}'; sleep 1) | nc localhost 80`,
  );
  expect(stdout.match(/\/\w+;/g)).toEqual(['/one;', '/two;', '/three;']);
  expect(stdout).not.toContain('Connection: close');
});

test('a log in a form of one’s own, and who is not logged', () => {
  const shell = serving(
    `log_format own escape=json '{"path":"$uri","agent":"$http_user_agent","up":"$upstream_addr"}';
    map $uri $worth { default 1; /quiet 0; }
    access_log /var/log/nginx/access.log own if=$worth;
    server { location / { proxy_pass http://127.0.0.1:81; } location /quiet { return 204; } }
    server { listen 81; access_log off; location / { return 200; } }`,
  );
  shell.sh(`curl -s -A 'a "quoted" one' localhost/x; curl -s localhost/quiet`);
  expect(shell.sh('cat /var/log/nginx/access.log').stdout).toBe(
    '{"path":"/x","agent":"a \\"quoted\\" one","up":"127.0.0.1:81"}\n',
  );
});

test('stub_status counts', () => {
  const shell = serving('server { location / { return 200; } location /status { stub_status; } }');
  shell.sh(codes(3));
  expect(shell.sh('curl -s localhost/status').stdout).toMatch(
    /^Active connections: 1 \nserver accepts handled requests\n 4 4 4 \nReading: 0 Writing: 1 Waiting: 0 \n$/,
  );
});

test('a reload under way loses nothing', () => {
  const shell = serving('server { location / { return 200 "old\\n"; } }');
  shell.sh(
    "sed -i 's/old/new/' /etc/nginx/nginx.conf; (for i in $(seq 40); do curl -s -w '%{http_code}\\n' -o /dev/null localhost; done) > /tmp/codes & nginx -s reload; wait",
  );
  expect(shell.sh('sort /tmp/codes | uniq -c').stdout.trim()).toBe('40 200');
  expect(shell.sh('curl -s localhost').stdout).toBe('new\n');
});
