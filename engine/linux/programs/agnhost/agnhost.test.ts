import { expect, test } from 'vitest';
import { testShell } from '../../shell/testing/test-shell.ts';
import { allPrograms } from '../all-programs.ts';

function started(command: string) {
  const shell = testShell('ash', {
    '/agnhost': { program: allPrograms.program('agnhost', 'gnu') },
    '/usr/bin/curl': { program: allPrograms.program('curl', 'gnu') },
    '/uploads': { directory: true },
    '/etc/resolv.conf': { text: 'nameserver 10.96.0.10\nsearch default.svc.cluster.local svc.cluster.local\n' },
  });
  if (command !== '') shell.sh(`/agnhost ${command} > /tmp/log 2>&1 & sleep 1`);
  return shell;
}

const statusOf = (path: string) => `curl -s -o /dev/null -w '%{http_code}' '${path}'`;

test('netexec answers about itself, echoes, and runs commands', () => {
  const shell = started('netexec');
  const get = (path: string) => shell.sh(`curl -s 'localhost:8080${path}'`).stdout;
  expect(get('/hostname')).toBe('box');
  expect(get('/hostName')).toBe('box');
  expect(get('/clientip')).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(get('/echo?msg=hello%20there')).toBe('hello there');
  expect(shell.sh(statusOf('localhost:8080/echo?code=503')).stdout).toBe('503');
  expect(shell.sh(statusOf('localhost:8080/healthz')).stdout).toBe('200');
  expect(shell.sh(statusOf('localhost:8080/redirect?location=/x&code=307')).stdout).toBe('307');
  expect(JSON.parse(get('/shell?cmd=echo%20out;exit%203'))).toEqual({ output: 'out\n', error: 'exit status 3' });
  expect(get('/')).toMatch(/^NOW: 2026-/);
  const log = shell.sh('cat /tmp/log').stdout;
  expect(log).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d Started HTTP server on port 8080$/m);
  expect(log).toMatch(/ GET \/echo\?msg=hello there&code=$/m);
});

test('netexec over UDP, and dialling itself over both protocols', () => {
  const shell = started('netexec --http-port=80 --udp-port=90');
  const dial = (query: string) => JSON.parse(shell.sh(`curl -s 'localhost/dial?host=127.0.0.1&${query}'`).stdout);
  expect(dial('port=80&request=hostname&tries=3')).toEqual({ responses: ['box', 'box', 'box'] });
  expect(dial('port=90&protocol=udp&request=hostname')).toEqual({ responses: ['box'] });
  expect(dial('port=90&protocol=udp&request=echo%20Hi')).toEqual({ responses: ['hi'] });
  expect(dial('port=81&request=hostname')).toEqual({
    errors: ['Get "http://127.0.0.1:81/hostname": dial tcp 127.0.0.1:81: connect: connection refused'],
  });
  expect(shell.sh("curl -s 'localhost/dial?host=x&port=1'").stdout).toBe('request parameter not specified. <nil>\n');
});

test('a slow request holds up no other', () => {
  const shell = started('netexec');
  const took = shell.sh("curl -s 'localhost:8080/shell?cmd=sleep%20100' & curl -s localhost:8080/hostname; kill $!");
  expect(took.stdout).toBe('box');
});

test.for([
  ['/exit?code=7', '7'],
  ['/shutdown', '0'],
  ['/exit?wait=2s&code=3', '3'],
] as const)('netexec ends as told by %s', ([path, code]) => {
  const shell = started('');
  const script = `/agnhost netexec 2>/dev/null & sleep 1; curl -s 'localhost:8080${path}'; wait $!; echo $?`;
  expect(shell.sh(script).stdout).toBe(`${code}\n`);
});

test('serve-hostname, porter, test-webserver and liveness serve what they are for', () => {
  expect(started('serve-hostname').sh('curl -s localhost:9376').stdout).toBe('box');
  const porter = started('');
  porter.sh('SERVE_PORT_81=one SERVE_PORT_82=two /agnhost porter & sleep 1');
  expect(porter.sh('curl -s localhost:81 localhost:82').stdout).toBe('onetwo');
  const web = started('test-webserver');
  expect(web.sh('curl -s localhost/etc/resolv.conf').stdout).toContain('nameserver 10.96.0.10');
  const liveness = started('liveness');
  expect(liveness.sh('curl -s localhost:8080/healthz; sleep 12; curl -s localhost:8080/healthz').stdout).toMatch(
    /^okerror: \d+/,
  );
});

test('mounttest tells of files and makes them', () => {
  const shell = started('');
  expect(shell.sh('/agnhost mounttest --new_file_0666=/tmp/f --file_perm=/tmp/f --file_owner=/tmp/f').stdout).toBe(
    'content of file "/tmp/f": mount-tester new file\n\nperms of file "/tmp/f": -rw-rw-rw-\nowner UID of "/tmp/f": 0\nowner GID of "/tmp/f": 0\n',
  );
  expect(shell.sh('/agnhost mounttest --file_mode=/tmp').stdout).toBe('mode of file "/tmp": dtrwxrwxrwx\n');
  const missing = shell.sh('/agnhost mounttest --file_content=/nope');
  expect(missing.stdout).toBe('error reading file content for "/nope": open /nope: no such file or directory\n');
  expect(missing.exitCode).toBe(1);
});

test('the small ones', () => {
  const shell = started('netexec');
  expect(shell.sh('/agnhost entrypoint-tester a --b').stdout).toBe('[/agnhost entrypoint-tester a --b]\n');
  expect(shell.sh('/agnhost dns-suffix').stdout).toBe('default.svc.cluster.local,svc.cluster.local');
  expect(shell.sh('/agnhost dns-server-list').stdout).toBe('10.96.0.10');
  expect(shell.sh('/agnhost connect 127.0.0.1:8080; echo $?').stdout).toBe('0\n');
  expect(shell.sh('/agnhost connect 127.0.0.1:1').stderr).toBe('REFUSED\n');
  expect(shell.sh('/agnhost connect nowhere').stderr).toBe('UNKNOWN: address nowhere: missing port in address\n');
  const lines = shell.sh('/agnhost logs-generator -t 20 -d 10s').stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(20);
  expect(lines[3]).toMatch(/^I\d{4} [\d:.]+ +\d+ logs_generator\.go:76\] 3 (GET|PUT|POST) \/api\/v1\/namespaces\//);
});

test.for([
  ['frobnicate', 'Error: unknown command "frobnicate" for "app"\nRun \'app --help\' for usage.\n'],
  ['audit-proxy', 'Error: the subcommand "audit-proxy" of agnhost is not part of this simulation\n'],
] as const)('agnhost %s is refused', ([command, message]) => {
  const result = started('').sh(`/agnhost ${command}`);
  expect(result).toMatchObject({ stderr: message, exitCode: 1 });
});

test('flags that are wrong', () => {
  const shell = started('');
  expect(shell.sh('/agnhost netexec --nope').stderr).toMatch(
    /^Error: unknown flag: --nope\nUsage:\n {2}app netexec \[flags\]\n/,
  );
  expect(shell.sh('/agnhost netexec --http-port=x').stderr).toContain(
    'Error: invalid argument "x" for "--http-port" flag: strconv.ParseInt: parsing "x": invalid syntax\n',
  );
});
