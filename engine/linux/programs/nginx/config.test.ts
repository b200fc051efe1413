import { expect, test } from 'vitest';
import { testShell } from '../../shell/testing/test-shell.ts';
import { allPrograms } from '../all-programs.ts';
import { nginxFiles } from './files.ts';

function check(text: string) {
  const shell = testShell('dash', { ...nginxFiles(allPrograms), '/c.conf': { text } });
  return shell.sh('nginx -t -c /c.conf');
}

// What Debian's nginx 1.22 says, and where.
test.for([
  ['http { server { location / { return 200 "$nope"; } } }', 'unknown "nope" variable'],
  ['http { server { location ~ "(" { } } }', 'pcre2_compile() failed: missing closing parenthesis in "(" in /c.conf:2'],
  ['http { server { location /a { } location /a { } } }', 'duplicate location "/a" in /c.conf:2'],
  ['http { upstream a { server x:80 weight=b; } }', 'invalid parameter "weight=b" in /c.conf:2'],
  ['http { upstream a { } }', 'no servers are inside upstream in /c.conf:2'],
  ['http { server { listen 81; listen 81; } }', 'a duplicate listen 0.0.0.0:81 in /c.conf:2'],
  ['http { server { listen 81 foo; } }', 'invalid parameter "foo" in /c.conf:2'],
  ['http { server { listen 99999; } }', 'invalid port in "99999" of the "listen" directive in /c.conf:2'],
  [
    'http { server { location ~ /a { proxy_pass http://localhost/b; } } }',
    '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block in /c.conf:2',
  ],
  ['http { server { if ($x = y) { return 200; } } }', 'unknown "x" variable'],
  ['http { server { if (x = y) { return 200; } } }', 'invalid condition "x" in /c.conf:2'],
  ['http { server { client_max_body_size 3x; } }', '"client_max_body_size" directive invalid value in /c.conf:2'],
  [
    'http { server { sendfile maybe; } }',
    'invalid value "maybe" in "sendfile" directive, it must be "on" or "off" in /c.conf:2',
  ],
  ['http { server { return abc; } }', 'invalid return code "abc" in /c.conf:2'],
  ['http { server { rewrite ^ /x foo; } }', 'invalid parameter "foo" in /c.conf:2'],
  ['http { server { access_log /tmp/x nofmt; } }', 'unknown log format "nofmt" in /c.conf:2'],
  ['http { server { error_page 200 /x; } }', 'value "200" must be between 300 and 599 in /c.conf:2'],
  ['http { server { location / { limit_req zone=none; } } }', 'zero size shared memory zone "none"'],
  ['http { server { listen 81; ', 'unexpected end of file, expecting "}" in /c.conf:2'],
  ['http { server { listen 81 ', 'unexpected end of file, expecting ";" or "}" in /c.conf:2'],
  ['http { server { location / { return 200 "a"b; } } }', 'unexpected "b" in /c.conf:2'],
  ['http { server { set x y; } }', 'invalid variable name "x" in /c.conf:2'],
  ['http { server { location / { allow foo; } } }', 'invalid parameter "foo" in /c.conf:2'],
  ['http { map $host y { } }', 'invalid variable name "y" in /c.conf:2'],
  ['http { server { location / { proxy_pass ftp://x; } } }', 'invalid URL prefix in /c.conf:2'],
  ['http { server { location /a { location /b { } } } }', 'location "/b" is outside location "/a" in /c.conf:2'],
  [
    'http { server { listen 81 default_server; } server { listen 81 default_server; } }',
    'a duplicate default server for 0.0.0.0:81 in /c.conf:2',
  ],
  ['http { server { lua_code x; } }', 'unknown directive "lua_code" in /c.conf:2'],
  ['http { server { listen; } }', 'invalid number of arguments in "listen" directive in /c.conf:2'],
  ['http { location / { } }', '"location" directive is not allowed here in /c.conf:2'],
  ['http { server { root /a; root /b; } }', '"root" directive is duplicate in /c.conf:2'],
  ['http { include /nope.conf; }', 'open() "/nope.conf" failed (2: No such file or directory) in /c.conf:2'],
] as const)('refused: %s', ([text, message]) => {
  const { exitCode, stderr } = check(`events { }\n${text}`);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`nginx: [emerg] ${message}\n`);
  expect(stderr).toMatch(/nginx: configuration file \/c\.conf test failed\n$/);
});

test('names that two servers have are warned of, and the first keeps them', () => {
  const { exitCode, stderr } = check('events { }\nhttp { server { server_name a; } server { server_name a; } }');
  expect(exitCode).toBe(0);
  expect(stderr).toContain('nginx: [warn] conflicting server name "a" on 0.0.0.0:80, ignored\n');
});

test('-T shows every file of the configuration', () => {
  const shell = testShell('dash', nginxFiles(allPrograms));
  const { stdout, stderr } = shell.sh('nginx -T');
  expect(stderr).toContain('test is successful\n');
  expect(stdout).toContain('# configuration file /etc/nginx/nginx.conf:\nuser  nginx;\n');
  expect(stdout).toContain('# configuration file /etc/nginx/mime.types:\n');
  expect(stdout).toContain('# configuration file /etc/nginx/conf.d/default.conf:\nserver {\n');
});
