import { expect, test } from 'vitest';
import { Testbed } from '../../../testing/scenarios/testbed.ts';

// Keys and digests, as `openssl rsa`, `pkey` and `dgst` of OpenSSL 3.5 show them.

const bed = new Testbed();
const control = (line: string) => bed.run('control-plane', 'bash', '-c', line);

test('the pin of the cluster’s CA is what kubeadm’s page computes', () => {
  const pipeline =
    "openssl x509 -pubkey -in /etc/kubernetes/pki/ca.crt | openssl rsa -pubin -outform der 2>/dev/null | openssl dgst -sha256 -hex | sed 's/^.* //'";
  const { stdout } = control(pipeline);
  expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
  expect(control('kubeadm token create --print-join-command').stdout).toContain(`sha256:${stdout.trim()} `);
});

test('a certificate, its request and its key have one public key', () => {
  const { stdout } = control(
    'cd /tmp; openssl genrsa -out k.pem 2>/dev/null; openssl req -new -x509 -key k.pem -subj /CN=a -out c.pem; ' +
      'openssl x509 -in c.pem -noout -pubkey > a; openssl pkey -in k.pem -pubout -out b; openssl rsa -in k.pem -pubout 2>/dev/null | diff - b && cmp a b && ' +
      'openssl x509 -noout -modulus -in c.pem | openssl md5; openssl rsa -noout -modulus -in k.pem | openssl md5',
  );
  const [first, second] = stdout.split('\n');
  expect(first).toMatch(/^MD5\(stdin\)= [0-9a-f]{32}$/);
  expect(second).toBe(first);
  expect(control('head -1 /tmp/a').stdout).toBe('-----BEGIN PUBLIC KEY-----\n');
});

test('digests of files and of what is read, in their forms', () => {
  const hello = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';
  control('echo hello > /tmp/h');
  expect(control('openssl dgst -sha256 /tmp/h').stdout).toBe(`SHA2-256(/tmp/h)= ${hello}\n`);
  expect(control('openssl sha256 < /tmp/h').stdout).toBe(`SHA2-256(stdin)= ${hello}\n`);
  expect(control('openssl dgst -r /tmp/h').stdout).toBe(`${hello} */tmp/h\n`);
  expect(control('openssl sha1 /tmp/h').stdout).toBe('SHA1(/tmp/h)= f572d396fae9206628714fb2ce00f72e94f2258f\n');
  expect(control('openssl dgst /tmp/none').stderr).toContain('Can\'t open "/tmp/none" for reading, No such file');
});

test('what is no key is told', () => {
  expect(control('openssl rsa -in /etc/hostname').stderr).toContain('Could not find private key from /etc/hostname');
  expect(control('openssl pkey -pubin -in /tmp/k.pem').stderr).toContain('Could not find public key from /tmp/k.pem');
});
