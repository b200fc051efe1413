import { expect, test } from 'vitest';
import { Testbed } from '../../../testing/scenarios/testbed.ts';

// What `openssl x509` and `openssl req` show, as OpenSSL 3.5 does.

const bed = new Testbed();
const sh = (script: string) => bed.sh(script);

test('a request shows its subject, its key and what it asks for', () => {
  sh('openssl genrsa -out j.key 2048');
  sh('openssl req -new -key j.key -subj /CN=jane/O=dev -addext "subjectAltName=DNS:a.b,IP:10.0.0.1" -out j.csr');
  expect(sh('openssl req -in j.csr -noout -subject -verify')).toEqual({
    exitCode: 0,
    stdout: 'subject=CN=jane, O=dev\n',
    stderr: 'Certificate request self-signature verify OK\n',
  });
  const text = sh('openssl req -in j.csr -noout -text').stdout.split('\n');
  expect(text.slice(0, 7)).toEqual([
    'Certificate Request:',
    '    Data:',
    '        Version: 1 (0x0)',
    '        Subject: CN=jane, O=dev',
    '        Subject Public Key Info:',
    '            Public Key Algorithm: rsaEncryption',
    '                Public-Key: (2048 bit)',
  ]);
  expect(text[8]).toMatch(/^ {20}00:(?:[0-9a-f]{2}:){14}$/);
  expect(text.slice(26, 33)).toEqual([
    '                Exponent: 65537 (0x10001)',
    '        Attributes:',
    '            Requested Extensions:',
    '                X509v3 Subject Alternative Name: ',
    '                    DNS:a.b, IP Address:10.0.0.1',
    '    Signature Algorithm: sha256WithRSAEncryption',
    '    Signature Value:',
  ]);
  expect(sh('openssl req -in j.key -noout -text').stderr).toContain('Unable to load X509 request from j.key');
  expect(sh('openssl req -in j.csr | diff - j.csr').exitCode).toBe(0);
});

test('whether a certificate expires within so many seconds is its exit code, too', () => {
  const within = (seconds: number) => {
    const { stdout, exitCode } = bed.run(
      'control-plane',
      ...['openssl', 'x509', '-in', '/etc/kubernetes/pki/apiserver.crt', '-noout', '-checkend', String(seconds)],
    );
    return [stdout, exitCode];
  };
  expect(within(86_400)).toEqual(['Certificate will not expire\n', 0]);
  expect(within(366 * 86_400)).toEqual(['Certificate will expire\n', 1]);
});

test('a certificate shows its usages and its signature', () => {
  const shown = bed.run(
    'control-plane',
    'openssl',
    'x509',
    '-in',
    '/etc/kubernetes/pki/apiserver.crt',
    '-noout',
    '-text',
  );
  expect(shown.stdout).toContain(
    '            X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment\n' +
      '            X509v3 Extended Key Usage: \n                TLS Web Server Authentication\n' +
      '            X509v3 Subject Alternative Name: \n                DNS:control-plane, DNS:kubernetes, ',
  );
  expect(shown.stdout).toMatch(
    /\n {4}Signature Value:\n(?: {8}(?:[0-9a-f]{2}:){17}[0-9a-f]{2}:\n){14} {8}(?:[0-9a-f]{2}:){3}[0-9a-f]{2}\n$/,
  );
});

test('fields come in the order in which they were asked for, extensions in the certificate’s', () => {
  sh('openssl req -x509 -newkey rsa:2048 -nodes -keyout s.key -subj /CN=ca -out s.crt -days 1');
  expect(sh('openssl x509 -in s.crt -noout -subject -enddate -issuer').stdout).toMatch(
    /^subject=CN=ca\nnotAfter=Jan 13 [\d:]+ 2026 GMT\nissuer=CN=ca\n$/,
  );
  expect(sh('openssl x509 -in s.crt -noout -ext basicConstraints,keyUsage').stdout).toBe(
    'X509v3 Key Usage: critical\n    Digital Signature, Key Encipherment, Certificate Sign\n' +
      'X509v3 Basic Constraints: critical\n    CA:TRUE\n',
  );
});

test('rand gives bytes', () => {
  expect(sh('openssl rand -hex 8').stdout).toMatch(/^[0-9a-f]{16}\n$/);
  expect(sh('openssl rand -base64 60 | base64 -d | wc -c').stdout).toBe('60\n');
  expect(sh('openssl rand -base64 60').stdout).toMatch(/^.{64}\n.{16}\n$/);
});
