import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { fingerprint, readPublicLine, sameKey, sealOf } from '../../ssh/key.ts';
import { type Exchanged, MESSAGE, type Transport } from '../../ssh/transport.ts';
import { type FieldReader, SshError, writeFields, writeMessage } from '../../ssh/wire.ts';
import { concatBytes, printError } from '../../stdio.ts';
import type { Process, SocketAddress } from '../../syscalls.ts';
import { type Account, accounts, textLines } from './account.ts';
import type { SshdConfig } from './sshd-config.ts';

/** An account that may come in, and what the key that opened the door is limited to. */
export interface Admitted {
  readonly account: Account;
  readonly command: string | undefined;
}

/** What a request signs. */
export function signedBytes(session: Uint8Array, user: string, blob: Uint8Array): Uint8Array {
  const request = [user, 'ssh-connection', 'publickey', true, 'ssh-ed25519', blob] as const;
  return concatBytes([writeFields(session), writeMessage(MESSAGE.userauthRequest, ...request)]);
}

/** Lets whoever shows a key in that is welcome. Undefined for who gives up, or had tries enough. RFC 4252 */
export function* authenticate(
  process: Process,
  transport: Transport,
  config: SshdConfig,
  { session }: Exchanged,
  peer: SocketAddress,
): Task<Admitted | undefined> {
  const service = (yield* transport.expect(MESSAGE.serviceRequest)).text();
  yield* transport.send(writeMessage(MESSAGE.serviceAccept, service));
  if (config.banner !== 'none') {
    const text = textLines(process, config.banner)
      .map((line) => `${line}\n`)
      .join('');
    if (text !== '') yield* transport.send(writeMessage(MESSAGE.userauthBanner, text, ''));
  }
  let user = '';
  for (let tries = 0; tries < config.maxAuthTries; ) {
    const request = yield* transport.expect(MESSAGE.userauthRequest);
    user = request.text();
    request.bytes();
    const method = request.text();
    if (method === 'publickey') {
      const admitted = yield* tryKey(process, config, session, user, request);
      if (admitted !== undefined) {
        const key = fingerprint(admitted.blob);
        yield* log(process, `Accepted publickey for ${user} from ${place(peer)} ssh2: ED25519 ${key}`);
        yield* transport.send(writeMessage(MESSAGE.userauthSuccess));
        return admitted;
      }
    }
    if (method !== 'none') tries += 1;
    yield* transport.send(writeMessage(MESSAGE.userauthFailure, 'publickey', false));
  }
  yield* log(process, `error: maximum authentication attempts exceeded for ${user} from ${place(peer)} ssh2 [preauth]`);
  return undefined;
}

function* tryKey(
  process: Process,
  config: SshdConfig,
  session: Uint8Array,
  user: string,
  request: FieldReader,
): Task<(Admitted & { readonly blob: Uint8Array }) | undefined> {
  const isSigned = request.boolean();
  request.bytes();
  const blob = request.bytes();
  if (!isSigned) throw new SshError('keys are not asked for in advance');
  const signature = request.bytes();
  const account = accounts(process).find(({ name }) => name === user);
  if (account === undefined || !config.publicKeys || !mayLogIn(config, account)) return undefined;
  if (!sameKey(signature, sealOf(blob, signedBytes(session, user, blob)))) return undefined;
  for (const file of config.authorizedKeys) {
    const path = file.startsWith('/') ? file : `${account.home}/${file}`;
    const problem = config.strictModes ? badModes(process, path, account) : undefined;
    if (problem !== undefined) {
      yield* log(process, `Authentication refused: bad ownership or modes for ${problem}`);
      continue;
    }
    for (const line of textLines(process, path)) {
      const key = line.startsWith('#') ? undefined : readPublicLine(line);
      if (key === undefined || !sameKey(key.blob, blob)) continue;
      const [, command] = /(?:^|,)command="((?:[^"\\]|\\.)*)"/.exec(line) ?? [];
      return { account, command: config.forceCommand ?? command?.replaceAll('\\"', '"'), blob };
    }
  }
  return undefined;
}

function mayLogIn({ permitRootLogin, allowUsers, denyUsers }: SshdConfig, { name, uid }: Account): boolean {
  if (uid === 0 && permitRootLogin === 'no') return false;
  const names = (pattern: string) =>
    new RegExp(
      `^${pattern
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    ).test(name);
  if (denyUsers.some(names)) return false;
  return allowUsers.length === 0 || allowUsers.some(names);
}

/** The file, or a directory above it up to the home, that others could have written to. */
function badModes(process: Process, path: string, { uid, home }: Account): string | undefined {
  for (const [checked, kind] of [
    [path, 'file'],
    [path.slice(0, path.lastIndexOf('/')), 'directory'],
    [home, 'directory'],
  ] as const) {
    try {
      const stat = process.stat(checked);
      if ((stat.uid !== 0 && stat.uid !== uid) || (stat.mode & 0o022) !== 0) return `${kind} ${checked}`;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return undefined;
    }
  }
  return undefined;
}

export function place({ address, port }: SocketAddress): string {
  return `${address} port ${port}`;
}

/** Into the unit's journal. */
export function log(process: Process, text: string): Task<void> {
  return printError(process, `${text}\n`);
}
