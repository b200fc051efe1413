import { expect, test } from 'vitest';
import { testShell } from '../../shell/testing/test-shell.ts';
import { allPrograms } from '../all-programs.ts';
import { nginxFiles } from './files.ts';

// HTTPS on one machine: who shows which certificate, and who believes it.

const MAKE = `openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -keyout ca.key -out ca.crt -subj "/CN=test authority" 2> /dev/null
for name in foo bar; do
  openssl genrsa -out $name.key
  openssl req -new -key $name.key -subj "/CN=$name.example" -out $name.csr
  echo "subjectAltName=DNS:$name.example,DNS:*.$name.example,IP:127.0.0.1" > $name.ext
  openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile $name.ext -out $name.crt 2> /dev/null
done
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -keyout self.key -out self.crt -subj "/CN=self.example" 2> /dev/null
`;

const server = (name: string, certificate: string, more = '') =>
  `server { listen 443 ssl${more}; server_name ${name}.example *.${name}.example; ssl_certificate /work/${certificate}.crt; ssl_certificate_key /work/${certificate}.key; location / { return 200 "${name} $scheme $ssl_server_name $ssl_protocol"; } location /big { root /work; } location /pass { proxy_pass http://127.0.0.1:81; } }\n`;

function serving(http = server('self', 'self', ' default_server') + server('foo', 'foo') + server('bar', 'bar')) {
  const shell = testShell('dash', {
    ...nginxFiles(allPrograms),
    '/var/log/nginx/access.log': { text: '' },
    '/var/log/nginx/error.log': { text: '' },
    '/etc/hosts': { text: '127.0.0.1 localhost foo.example a.foo.example bar.example self.example other.example\n' },
    '/etc/nginx/nginx.conf': {
      text: `worker_processes 1;\nevents { }\nhttp {\n${http} server { listen 81; location / { return 200 "behind $http_x_forwarded_proto"; } } }\n`,
    },
  });
  shell.sh(MAKE);
  const { stderr } = shell.sh('nginx; sleep 1');
  return { shell, stderr };
}

test('the certificate is chosen by the name that is asked for, and judged as curl judges it', () => {
  const { shell } = serving();
  const curl = (args: string) => {
    const { stdout, stderr, exitCode } = shell.sh(`curl -sS ${args}`);
    return `${exitCode} ${stdout}${stderr.split('\n')[0]}`;
  };
  expect(curl('--cacert ca.crt https://foo.example')).toBe('0 foo https foo.example TLSv1.3');
  expect(curl('--cacert ca.crt https://a.foo.example')).toBe('0 foo https a.foo.example TLSv1.3');
  expect(curl('--cacert ca.crt https://bar.example/x')).toBe('0 bar https bar.example TLSv1.3');
  expect(curl('https://foo.example')).toBe(
    '60 curl: (60) SSL certificate problem: unable to get local issuer certificate',
  );
  expect(curl('https://self.example')).toBe('60 curl: (60) SSL certificate problem: self-signed certificate');
  expect(curl('-k https://self.example')).toBe('0 self https self.example TLSv1.3');
  expect(curl('--cacert self.crt https://self.example')).toBe('0 self https self.example TLSv1.3');
  expect(curl('--cacert self.crt https://other.example')).toBe(
    "60 curl: (60) SSL: certificate subject name 'self.example' does not match target hostname 'other.example'",
  );
  expect(curl('--cacert ca.crt --resolve x.y.foo.example:443:127.0.0.1 https://x.y.foo.example')).toMatch(/^60 /);
  expect(curl('--cacert ca.crt --connect-timeout 3 https://foo.example:81')).toBe(
    '35 curl: (35) TLS connect error: error:0A00010B:SSL routines::wrong version number',
  );
  expect(curl('--cacert nope.crt https://foo.example')).toBe(
    '77 curl: (77) error adding trust anchors from file: nope.crt',
  );
  expect(curl('http://foo.example:443')).toMatch(/The plain HTTP request was sent to HTTPS port/);
});

test('a certificate has its time', () => {
  const { shell } = serving();
  shell.sim.runFor(40 * 86_400_000);
  expect(shell.sh('curl -sS --cacert ca.crt https://foo.example').stderr).toContain(
    'curl: (60) SSL certificate problem: certificate has expired\n',
  );
});

test('bodies of any size go through, connections go on, and what is behind hears of it', () => {
  const { shell } = serving();
  shell.sh('head -c 100000 /dev/urandom > big; mkdir -p d');
  expect(shell.sh('curl -sk https://foo.example/big | md5sum; md5sum < big').stdout).toMatch(/^(\w+) .*\n\1 /);
  expect(shell.sh('curl -sk https://foo.example/pass').stdout).toContain('behind');
  expect(shell.sh('wget -qO- https://bar.example')).toMatchObject({
    stdout: 'bar https bar.example TLSv1.3',
    stderr: 'wget: note: TLS certificate validation not implemented\n',
  });
});

test('curl -v tells of the certificate, s_client shows it', () => {
  const { shell } = serving();
  const { stderr } = shell.sh('curl -vk https://self.example');
  expect(stderr).toContain('* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384');
  expect(stderr).toContain('*  subject: CN=self.example\n');
  expect(stderr).toContain('*  SSL certificate verify result: self-signed certificate (18), continuing anyway.\n');
  const { stdout } = shell.sh('openssl s_client -connect localhost:443 -servername bar.example < /dev/null');
  expect(stdout).toContain(' 0 s:CN=bar.example\n   i:CN=test authority\n');
  expect(stdout).toContain('Verify return code: 20 (unable to get local issuer certificate)\n');
});

test('what openssl shows of a certificate, and what it believes', () => {
  const { shell } = serving();
  expect(shell.sh('openssl x509 -in foo.crt -noout -subject -issuer -dates -ext subjectAltName').stdout).toBe(
    'subject=CN=foo.example\nissuer=CN=test authority\nnotBefore=Jan 12 09:00:00 2026 GMT\nnotAfter=Feb 11 09:00:00 2026 GMT\nX509v3 Subject Alternative Name: \n    DNS:foo.example, DNS:*.foo.example, IP Address:127.0.0.1\n',
  );
  expect(shell.sh('openssl verify -CAfile ca.crt foo.crt').stdout).toBe('foo.crt: OK\n');
  expect(shell.sh('openssl verify -CAfile self.crt foo.crt').exitCode).toBe(2);
});

test.for([
  [
    'ssl_certificate /nope.crt; ssl_certificate_key /work/foo.key;',
    /cannot load certificate "\/nope\.crt": BIO_new_file\(\) failed/,
  ],
  [
    'ssl_certificate /work/foo.crt; ssl_certificate_key /work/bar.key;',
    /SSL_CTX_use_PrivateKey\("\/work\/bar\.key"\) failed \(SSL: error:05800074:x509 certificate routines::key values mismatch\)/,
  ],
  ['ssl_certificate /work/foo.key; ssl_certificate_key /work/foo.key;', /PEM_read_bio_X509_AUX\(\) failed/],
  ['', /no "ssl_certificate" is defined for the "listen \.\.\. ssl" directive in \/etc\/nginx\/nginx\.conf:5/],
] as const)('a certificate that is no good keeps nginx from starting: %s', ([directives, message]) => {
  const { stderr } = serving(`server { 
listen 443 ssl; ${directives} }`);
  expect(stderr).toMatch(message);
});

test('who is refused by name is told so', () => {
  const { shell } = serving(
    `server { listen 443 ssl default_server; ssl_reject_handshake on; }\n${server('foo', 'foo')}`,
  );
  expect(shell.sh('curl -sS --cacert ca.crt https://foo.example').stdout).toContain('foo https');
  expect(shell.sh('curl -sSk https://other.example').stderr).toBe(
    'curl: (35) TLS connect error: error:0A000458:SSL routines::tlsv1 unrecognized name\n',
  );
});
