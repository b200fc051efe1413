import { Errno } from '../../linux/errno.ts';
import { decode, encode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { APPEND_HASH_FLAG, GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Invocation } from '../invocation.ts';
import { base64, collectKeys, KEY_SOURCE_FLAGS, KEYED_SECRET, readKeySources, secretData } from '../key-sources.ts';
import { withNameHash } from '../name-hash.ts';
import type { Unstructured } from '../unstructured.ts';
import { readWhole } from '../whole-file.ts';

const generic: Command = {
  name: 'generic',
  summary: 'Create a secret from a local file, directory, or literal value',
  usage: 'create secret generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1]',
  examples: ['kubectl create secret generic db --from-literal=password=s3cret'],
  operand: 'none',
  flags: [
    ...GENERATOR_FLAGS,
    ...KEY_SOURCE_FLAGS,
    APPEND_HASH_FLAG,
    { name: 'type', type: 'string', help: 'The type of the Secret' },
  ],
  *run(invocation) {
    const { flags, process } = invocation;
    const name = oneName(invocation);
    const data = secretData(yield* readKeySources(process, flags, KEYED_SECRET));
    return yield* generateSecret(invocation, name, data, flags.string('type'));
  },
};

const tls: Command = {
  name: 'tls',
  summary: 'Create a TLS secret',
  usage: 'create secret tls NAME --cert=path/to/cert/file --key=path/to/key/file',
  operand: 'none',
  flags: [
    ...GENERATOR_FLAGS,
    APPEND_HASH_FLAG,
    { name: 'cert', type: 'string', help: 'A file with the certificate, in PEM' },
    { name: 'key', type: 'string', help: 'A file with the private key' },
  ],
  *run(invocation) {
    const { flags, process } = invocation;
    const name = oneName(invocation);
    const [cert, key] = [flags.string('cert'), flags.string('key')];
    if (cert === '' || key === '') throw new CommandError('key and cert must be specified');
    const pem = { certificate: yield* readFile(process, cert), key: yield* readFile(process, key) };
    for (const [what, bytes] of Object.entries(pem)) {
      if (!/-----BEGIN [A-Z ]+-----/.test(decode(bytes)))
        throw new CommandError(`tls: failed to find any PEM data in ${what} input`);
    }
    const data = { 'tls.crt': base64(pem.certificate), 'tls.key': base64(pem.key) };
    return yield* generateSecret(invocation, name, data, 'kubernetes.io/tls');
  },
};

function* readFile(process: Process, path: string): Task<Uint8Array> {
  try {
    return yield* readWhole(process, path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`Cannot read file ${path}, open ${path}: ${error.message.toLowerCase()}`);
  }
}

const dockerRegistry: Command = {
  name: 'docker-registry',
  summary: 'Create a secret for use with a Docker registry',
  usage:
    'create secret docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string]',
  operand: 'none',
  flags: [
    ...GENERATOR_FLAGS,
    APPEND_HASH_FLAG,
    { name: 'docker-server', type: 'string', default: 'https://index.docker.io/v1/', help: 'The registry' },
    { name: 'docker-username', type: 'string', help: 'The user at the registry' },
    { name: 'docker-password', type: 'string', help: 'The password of the user' },
    { name: 'docker-email', type: 'string', help: 'The e-mail address of the user' },
    { name: 'from-file', type: 'stringSlice', help: 'A .dockerconfigjson instead of user and password' },
  ],
  *run(invocation) {
    const { flags, process } = invocation;
    const name = oneName(invocation);
    const files = flags.list('from-file');
    const [server, username, password, email] = ['server', 'username', 'password', 'email'].map((flag) =>
      flags.string(`docker-${flag}`),
    ) as [string, string, string, string];
    if (files.length === 0 && (server === '' || username === '' || password === '')) {
      throw new CommandError(
        'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
      );
    }
    const login = {
      username,
      password,
      ...(email === '' ? {} : { email }),
      auth: base64(encode(`${username}:${password}`)),
    };
    const data =
      files.length > 0
        ? secretData(collectKeys(process, { files, literals: [], envFiles: [] }, KEYED_SECRET))
        : { '.dockerconfigjson': base64(encode(JSON.stringify({ auths: { [server]: login } }))) };
    return yield* generateSecret(invocation, name, data, 'kubernetes.io/dockerconfigjson');
  },
};

export const createSecret: Command = {
  name: 'secret',
  summary: 'Create a secret using a specified subcommand',
  usage: 'create secret (docker-registry | generic | tls)',
  subcommands: [dockerRegistry, generic, tls],
};

function* generateSecret(
  invocation: Invocation,
  name: string,
  data: Readonly<Record<string, string>>,
  type: string,
): Task<number> {
  const secret = {
    apiVersion: 'v1',
    ...(Object.keys(data).length === 0 ? {} : { data }),
    kind: 'Secret',
    metadata: { name },
    ...(type === '' ? {} : { type }),
  } as unknown as Unstructured;
  return yield* generate(
    invocation,
    invocation.flags.bool('append-hash') ? withNameHash(secret) : secret,
    'failed to create secret ',
  );
}
