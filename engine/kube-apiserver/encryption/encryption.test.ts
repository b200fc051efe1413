import { createCipheriv, createDecipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { KINDS } from '../../api/kind-list.ts';
import { encode } from '../../linux/stdio.ts';
import { readEncryptionConfiguration } from './encryption-file.ts';
import { KeyResources } from './group-resource.ts';
import { createTransformers, type ResourceTransformers } from './providers.ts';

const KEY_1 = Buffer.alloc(32, 1).toString('base64');
const KEY_2 = Buffer.alloc(32, 2).toString('base64');
const PATH = '/etc/kubernetes/enc/enc.yaml';
const SECRET = { kind: 'Secret', metadata: { name: 'db' }, data: { password: 'b3BlbnNlc2FtZQ==' } };
const PLACE = '/registry/secrets/default/db';

function configuration(providers: string, resources = '[secrets]'): string {
  const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n';
  return `${head}resources:\n- resources: ${resources}\n  providers: ${providers}\n`;
}

function transformers(text: string): ResourceTransformers {
  let drawn = 0;
  const draw = (count: number) => new Uint8Array(count).fill(++drawn);
  return createTransformers(readEncryptionConfiguration(text, PATH), new KeyResources(KINDS), draw);
}

function providersOf(...providers: readonly string[]): ResourceTransformers {
  return transformers(configuration(`[${providers.join(', ')}]`));
}

const with1 = (provider: string) => `{${provider}: {keys: [{name: key1, secret: ${KEY_1}}]}}`;
const IDENTITY = '{identity: {}}';

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

test('what a provider has written it reads, and it begins with the names of provider and key', () => {
  for (const provider of ['aescbc', 'aesgcm', 'secretbox']) {
    const each = providersOf(with1(provider), IDENTITY).of(PLACE);
    const stored = each.write(SECRET, PLACE) as string;
    expect(stored.startsWith(`k8s:enc:${provider}:v1:key1:`)).toBe(true);
    expect(stored).not.toContain('b3BlbnNlc2FtZQ');
    expect(each.read(stored, PLACE)).toEqual({ value: SECRET, stale: false });
    expect(each.read(SECRET, PLACE)).toEqual({ value: SECRET, stale: true });
    expect(each.write(SECRET, PLACE)).not.toBe(stored);
  }
});

test('the bytes are those that other implementations make and read', () => {
  const plain = JSON.stringify(SECRET);
  const sealed = (provider: string) => {
    const stored = providersOf(with1(provider)).of(PLACE).write(SECRET, PLACE) as string;
    return Buffer.from(encode(stored).subarray(`k8s:enc:${provider}:v1:key1:`.length));
  };
  const key = Buffer.alloc(32, 1);
  const cbc = createCipheriv('aes-256-cbc', key, Buffer.alloc(16, 1));
  expect(sealed('aescbc').subarray(16)).toEqual(Buffer.concat([cbc.update(plain), cbc.final()]));

  const bytes = sealed('aesgcm');
  const gcm = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(PLACE));
  gcm.setAuthTag(bytes.subarray(-16));
  expect(Buffer.concat([gcm.update(bytes.subarray(12, -16)), gcm.final()]).toString()).toBe(plain);
});

test('a value of AES-GCM does not open under another key of etcd', () => {
  const each = providersOf(with1('aesgcm')).of(PLACE);
  const stored = each.write(SECRET, PLACE);
  const elsewhere = () => each.read(stored, '/registry/secrets/default/other');
  expect(refusal(elsewhere)).toBe('cipher: message authentication failed');
});

test('the first key writes, the others still read', () => {
  const rotated = `{aescbc: {keys: [{name: key2, secret: ${KEY_2}}, {name: key1, secret: ${KEY_1}}]}}`;
  const stored = providersOf(with1('aescbc')).of(PLACE).write(SECRET, PLACE);
  const each = providersOf(rotated, IDENTITY).of(PLACE);
  expect(each.read(stored, PLACE)).toEqual({ value: SECRET, stale: true });
  expect(each.write(SECRET, PLACE)).toMatch(/^k8s:enc:aescbc:v1:key2:/);
  expect(providersOf(IDENTITY, with1('aescbc')).of(PLACE).read(stored, PLACE)).toEqual({ value: SECRET, stale: true });
});

test('what nobody can read is refused in the words of the real server', () => {
  const stored = providersOf(with1('aescbc')).of(PLACE).write(SECRET, PLACE);
  const reading = (...providers: readonly string[]) =>
    refusal(() =>
      providersOf(...providers)
        .of(PLACE)
        .read(stored, PLACE),
    );
  const other = `{aescbc: {keys: [{name: key2, secret: ${KEY_2}}]}}`;
  expect(reading(other)).toBe('no matching key was found for the provided AES transformer');
  expect(reading(with1('secretbox'))).toBe('no matching prefix found');
  expect(reading(IDENTITY)).toBe('no matching prefix found');
  expect(reading(`{aescbc: {keys: [{name: key1, secret: ${KEY_2}}]}}`)).toMatch(/^invalid P|^invalid padding/);
  expect(refusal(() => providersOf(with1('aescbc')).of(PLACE).read(SECRET, PLACE))).toBe('no matching prefix found');
  // No word is lost about resources that no rule names.
  const elsewhere = () => providersOf(with1('aescbc')).of('/registry/pods/default/web').read(stored, PLACE);
  expect(refusal(elsewhere)).toBe('identity transformer tried to read encrypted data');
});

test('a rule is for resources, for those of a group, or for all', () => {
  const encrypts = (resources: string, key: string) =>
    transformers(configuration(`[${with1('secretbox')}]`, resources))
      .of(key)
      .write(SECRET, key) !== SECRET;
  const widget = '/registry/example.com/widgets/default/one';
  expect(encrypts('[secrets, configmaps]', '/registry/configmaps/default/one')).toBe(true);
  expect(encrypts('[secrets]', '/registry/configmaps/default/one')).toBe(false);
  expect(encrypts("['*.']", '/registry/services/specs/default/one')).toBe(true);
  expect(encrypts("['*.']", '/registry/deployments/default/one')).toBe(false);
  expect(encrypts("['*.apps']", '/registry/deployments/default/one')).toBe(true);
  expect(encrypts('[widgets.example.com]', widget)).toBe(true);
  expect(encrypts("['*.*']", widget)).toBe(true);
  expect(encrypts('[events]', '/registry/events/default/one')).toBe(true);
});

test('a file that is no good is refused in the words of the real server', () => {
  const why = (text: string) => refusal(() => transformers(text));
  const provider = (text: string) => why(configuration(`[${text}]`));
  expect(provider('{aescbc: {keys: [{name: key1, secret: cGFzc3dvcmQ=}]}}')).toBe(
    'resources[0].providers[0].aescbc.keys[0].secret: Invalid value: "REDACTED": ' +
      'secret is not of the expected length, got 8, expected one of [16 24 32]',
  );
  expect(provider('{aescbc: {keys: [{name: key1, secret: <BASE 64 ENCODED SECRET>}]}}')).toBe(
    'resources[0].providers[0].aescbc.keys[0].secret: Invalid value: "REDACTED": secrets must be base64 encoded',
  );
  expect(provider('{secretbox: {keys: [{secret: cGFzc3dvcmQ=}]}}')).toBe(
    '[resources[0].providers[0].secretbox.keys[0].name: Required value: name is a mandatory field for a key, ' +
      'resources[0].providers[0].secretbox.keys[0].secret: Invalid value: "REDACTED": ' +
      'secret is not of the expected length, got 8, expected one of [32]]',
  );
  expect(provider('{aesgcm: {keys: []}}')).toBe(
    'resources[0].providers[0].aesgcm.keys: Required value: at least one keys is required',
  );
  expect(provider('{identity: }')).toContain(
    'provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity',
  );
  expect(why(configuration('[{identity: {}}]', "[secrets, '*.']"))).toContain('is not allowed as they will be masked');
  expect(why(configuration('[{identity: {}}]', "['*']"))).toContain("use '*.' to encrypt all the resources");
  expect(why(configuration('[{identity: {}}]', '[Secrets]'))).toContain('should not contain capital letters');
  expect(why(configuration('[]'))).toBe(
    'resources[0].providers: Required value: at least one resources[0].providers is required',
  );
  expect(why('kind: EncryptionConfig\napiVersion: v1\n')).toBe(
    `error decoding encryption provider configuration file "${PATH}": no kind "EncryptionConfig" is registered for ` +
      'version "v1" in scheme "k8s.io/apiserver/pkg/server/options/encryptionconfig/config.go:131"',
  );
  expect(provider('{aescbs: {keys: []}}')).toBe(
    `error decoding encryption provider configuration file "${PATH}": strict decoding error: ` +
      'unknown field "resources[0].providers[0].aescbs"',
  );
  expect(provider('{kms: {apiVersion: v2, name: vault, endpoint: "unix:///tmp/vault.sock"}}')).toBe(
    'could not configure KMSv2-Plugin\'s probe "vault", error: key management services are not supported by this simulation',
  );
  const second = `- resources: [secrets]\n  providers: [{identity: {}}]\n`;
  expect(why(`${configuration('[{identity: {}}]', "['*.']")}${second}`)).toBe(
    'resource "secrets" is masked by earlier rule "*."',
  );
});
