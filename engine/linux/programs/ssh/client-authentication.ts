import type { Task } from '../../../sim/index.ts';
import { readSshKey, type SshKey, sealOf } from '../../ssh/key.ts';
import { MESSAGE, type Transport } from '../../ssh/transport.ts';
import { FieldReader, SshError, writeMessage } from '../../ssh/wire.ts';
import { decode, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { errnoOf } from '../program.ts';
import { signedBytes } from './server-authentication.ts';

const DEFAULT_KEYS = ['id_rsa', 'id_ecdsa', 'id_ed25519'];
const RULE = '@'.repeat(59);

/** The private keys of these files, or of the usual ones in the home. */
export function* identities(process: Process, files: readonly string[], home: string): Task<readonly SshKey[]> {
  const keys: SshKey[] = [];
  const isUsual = files.length === 0;
  for (const file of isUsual ? DEFAULT_KEYS.map((name) => `${home}/.ssh/${name}`) : files) {
    const path = file.replace(/^~(?=\/)/, home);
    let text: string;
    try {
      if ((process.stat(path).mode & 0o077) !== 0) {
        yield* printError(process, tooOpen(path, process.stat(path).mode).replaceAll('\n', '\r\n'));
        continue;
      }
      text = decode(process.readFile(path));
    } catch (error) {
      const { message } = errnoOf(error);
      if (!isUsual) yield* printError(process, `Warning: Identity file ${file} not accessible: ${message}.\n`);
      continue;
    }
    const key = readSshKey(text);
    if (key === undefined) yield* printError(process, `Load key "${path}": error in libcrypto\r\n`);
    else keys.push(key);
  }
  return keys;
}

function tooOpen(path: string, mode: number): string {
  return `${RULE}
@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @
${RULE}
Permissions ${(mode & 0o777).toString(8).padStart(4, '0')} for '${path}' are too open.
It is required that your private key files are NOT accessible by others.
This private key will be ignored.
Load key "${path}": bad permissions
`;
}

/** Shows the server one key after the other. Returns undefined when it is in, else the methods that the server would take. */
export function* logIn(
  process: Process,
  transport: Transport,
  session: Uint8Array,
  user: string,
  keys: readonly SshKey[],
): Task<string | undefined> {
  yield* transport.send(writeMessage(MESSAGE.serviceRequest, 'ssh-userauth'));
  yield* transport.expect(MESSAGE.serviceAccept);
  yield* transport.send(writeMessage(MESSAGE.userauthRequest, user, 'ssh-connection', 'none'));
  let left = yield* answer(process, transport);
  for (const { blob } of keys) {
    if (left === undefined) return undefined;
    const signature = sealOf(blob, signedBytes(session, user, blob));
    yield* transport.send(
      writeMessage(
        MESSAGE.userauthRequest,
        ...[user, 'ssh-connection', 'publickey', true, 'ssh-ed25519', blob, signature],
      ),
    );
    left = yield* answer(process, transport);
  }
  return left;
}

function* answer(process: Process, transport: Transport): Task<string | undefined> {
  for (;;) {
    const payload = yield* transport.receive();
    if (payload === undefined) throw new SshError('Connection closed');
    const [message] = payload;
    if (message === MESSAGE.userauthSuccess) return undefined;
    const fields = new FieldReader(payload, 1);
    if (message === MESSAGE.userauthFailure) return fields.text();
    if (message !== MESSAGE.userauthBanner) throw new SshError('unexpected message');
    yield* printError(process, fields.text());
  }
}
