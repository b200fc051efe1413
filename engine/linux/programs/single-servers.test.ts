import { expect, test } from 'vitest';
import { testShell } from '../shell/testing/test-shell.ts';
import { allPrograms } from './all-programs.ts';
import { httpdFiles } from './httpd/files.ts';

const binary = (name: string) => ({ program: allPrograms.program(name, 'gnu') });

test('whoami tells about itself and the request', () => {
  const shell = testShell('dash', { '/whoami': binary('whoami-server') });
  shell.sh('/whoami -port 8000 -name me > /tmp/log 2>&1 & sleep 1');
  expect(shell.sh('curl -s localhost:8000/a?b').stdout).toMatch(
    /^Name: me\nHostname: box\nIP: 127\.0\.0\.1\nIP: 10\.0\.0\.1\nRemoteAddr: 127\.0\.0\.1:\d+\nGET \/a\?b HTTP\/1\.1\nHost: localhost:8000\n[\s\S]*User-Agent: curl\/8\.14\.1\n/,
  );
  expect(JSON.parse(shell.sh('curl -s localhost:8000/api').stdout)).toMatchObject({ hostname: 'box', name: 'me' });
});

test('http-echo listens at the address it is given', () => {
  const shell = testShell('dash', { '/http-echo': binary('http-echo') });
  shell.sh(
    '/http-echo -text=near -listen=127.0.0.1:81 > /tmp/log 2>&1 & /http-echo -text=far > /tmp/log2 2>&1 & sleep 1',
  );
  const { stdout } = shell.sh('cat /proc/net/tcp');
  expect(stdout).toContain('0100007F:0051');
  expect(stdout).toContain('00000000:162E');
});

test('http-echo says one thing, and nothing without a text', () => {
  const shell = testShell('dash', { '/http-echo': binary('http-echo') });
  shell.sh('/http-echo -text="hello world" -listen=:80 > /tmp/log 2>&1 & sleep 1');
  expect(shell.sh('curl -s localhost/any').stdout).toBe('hello world\n');
  expect(shell.sh('/http-echo')).toMatchObject({
    exitCode: 127,
    stderr: 'Missing -text option or ECHO_TEXT env var!\n',
  });
  expect(shell.sh('cat /tmp/log').stdout).toMatch(/\[INFO\] server is listening on :80\n/);
});

function apache(more = '') {
  const shell = testShell('dash', {
    ...httpdFiles(allPrograms),
    '/usr/local/apache2/htdocs/files/a.txt': { text: 'a\n' },
  });
  if (more !== '') shell.sh(`echo '${more}' >> /usr/local/apache2/conf/httpd.conf`);
  shell.sh('PATH=/usr/local/apache2/bin:$PATH; /usr/local/bin/httpd-foreground > /tmp/log 2>&1 & sleep 1');
  return shell;
}

test('httpd serves files, listings, redirects and its own pages, and writes logs', () => {
  const shell = apache();
  const get = (path: string) => shell.sh(`curl -s localhost${path}`).stdout;
  expect(get('/')).toBe('<html><body><h1>It works!</h1></body></html>\n');
  expect(get('/files/')).toContain('<li><a href="a.txt"> a.txt</a></li>');
  expect(get('/nope')).toContain('<p>The requested URL was not found on this server.</p>');
  expect(shell.sh('curl -sI localhost/files').stdout).toContain('Location: http://localhost/files/\r\n');
  shell.sh('kill -WINCH $(pgrep httpd); sleep 1');
  const log = shell.sh('cat /tmp/log').stdout;
  expect(log).toContain("AH00094: Command line: 'httpd -DFOREGROUND'");
  expect(log).toMatch(/^127\.0\.0\.1 - - \[[^\]]+\] "GET \/nope HTTP\/1\.1" 404 \d+$/m);
  expect(log).toContain('AH00492: caught SIGWINCH, shutting down gracefully');
});

test('httpd refuses a configuration that it does not understand', () => {
  const log = apache('Frobnicate On').sh('cat /tmp/log').stdout;
  expect(log).toMatch(
    /^AH00526: Syntax error on line \d+ of \/usr\/local\/apache2\/conf\/httpd\.conf:\nInvalid command 'Frobnicate', perhaps misspelled or defined by a module not included in the server configuration\n$/,
  );
});

test('stress uses CPU and memory for as long as it is told', () => {
  const shell = testShell('dash', { '/usr/bin/stress': binary('stress') });
  const before = shell.sim.nowMs;
  const result = shell.sh('stress --cpu 2 --vm 1 --vm-bytes 100M --vm-hang 1 --timeout 10s');
  expect(result.stdout).toMatch(
    /^stress: info: \[\d+\] dispatching hogs: 2 cpu, 0 io, 1 vm, 0 hdd\nstress: info: \[\d+\] successful run completed in 10s\n$/,
  );
  expect(shell.sim.nowMs - before).toBeLessThan(12_000);
  expect(shell.sh('stress --cpu many')).toMatchObject({ exitCode: 1 });
});
