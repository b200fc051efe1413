import type { Task } from '../../sim/index.ts';
import { concatBytes, decode, encode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { Pad } from '../tls/record.ts';
import { randomBytes } from '../tls/tls-client.ts';
import { digest, type SshKey, sealOf } from './key.ts';
import { FieldReader, readUint32, SshError, uint32, writeFields, writeMessage } from './wire.ts';

/** Messages by their numbers. RFC 4250, section 4.1 */
export const MESSAGE = {
  disconnect: 1,
  ignore: 2,
  serviceRequest: 5,
  serviceAccept: 6,
  kexInit: 20,
  newKeys: 21,
  kexEcdhInit: 30,
  kexEcdhReply: 31,
  userauthRequest: 50,
  userauthFailure: 51,
  userauthSuccess: 52,
  userauthBanner: 53,
  globalRequest: 80,
  requestFailure: 82,
  channelOpen: 90,
  channelOpenConfirmation: 91,
  channelOpenFailure: 92,
  channelWindowAdjust: 93,
  channelData: 94,
  channelExtendedData: 95,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
} as const;

/** What Debian 13 has. */
export const VERSION = 'SSH-2.0-OpenSSH_10.0p2 Debian-7';

const MAX_VERSION_BYTES = 255;
const MAX_PACKET_BYTES = 256 * 1024;
const BLOCK_BYTES = 8;
const NL = 10;

/** The other side is not one of ours, or has gone before it had said who it is. */
export class NoSshError extends SshError {}

/**
 * Packets on a connection. RFC 4253 has their shape; what is in them is hidden from whoever only listens as TLS's records
 * here are, and from nobody else.
 */
export class Transport {
  #process: Process;
  readonly #input: number;
  readonly #output: number;
  #received: Uint8Array = new Uint8Array(0);
  #pad: Pad | undefined;

  constructor(process: Process, input: number, output = input) {
    this.#process = process;
    this.#input = input;
    this.#output = output;
  }

  /** Whose descriptors they are from now on: a process that was forked. */
  moveTo(process: Process): void {
    this.#process = process;
  }

  /** Says who this is, and hears who that is: `SSH-2.0-…`. Throws NoSshError. */
  *exchangeVersions(): Task<string> {
    yield* this.#process.write(this.#output, encode(`${VERSION}\r\n`));
    for (let lines = 0; lines < 1024; lines++) {
      let end = this.#received.indexOf(NL);
      while (end < 0) {
        if (this.#received.length > MAX_VERSION_BYTES * 32 || !(yield* this.#readMore()))
          throw new NoSshError('Connection closed by remote host');
        end = this.#received.indexOf(NL);
      }
      const line = decode(this.#received.slice(0, end)).replace(/\r$/, '');
      this.#received = this.#received.slice(end + 1);
      if (line.startsWith('SSH-')) return line;
    }
    throw new NoSshError('No SSH identification string received');
  }

  hide(pad: Pad): void {
    this.#pad = pad;
  }

  /** The bytes of a packet with this payload. */
  packet(payload: Uint8Array): Uint8Array {
    const body = this.#pad === undefined ? payload : this.#pad.turn(payload);
    const filling = BLOCK_BYTES - ((body.length + 5 + 4) % BLOCK_BYTES) + 4;
    return concatBytes([uint32(body.length + filling + 1), Uint8Array.of(filling), body, new Uint8Array(filling)]);
  }

  *send(payload: Uint8Array): Task<void> {
    yield* this.#process.write(this.#output, this.packet(payload));
  }

  /** Whether a whole packet has come already. */
  get hasPacket(): boolean {
    return this.#received.length >= 4 && this.#received.length >= 4 + readUint32(this.#received, 0);
  }

  /** The next payload; undefined when the other side has hung up. Throws SshError, Errno. */
  *receive(): Task<Uint8Array | undefined> {
    for (;;) {
      while (!this.hasPacket) {
        if (this.#received.length >= 4 && readUint32(this.#received, 0) > MAX_PACKET_BYTES)
          throw new SshError('Bad packet length');
        if (!(yield* this.#readMore())) return undefined;
      }
      const length = readUint32(this.#received, 0);
      const filling = this.#received[4] ?? 0;
      if (length < filling + 2) throw new SshError('Bad packet length');
      const body = this.#received.slice(5, 4 + length - filling);
      this.#received = this.#received.slice(4 + length);
      const payload = this.#pad === undefined ? body : this.#pad.turn(body);
      if (payload[0] !== MESSAGE.ignore) return payload;
    }
  }

  /** The next payload, which has to be this message: its fields. Throws SshError. */
  *expect(message: number): Task<FieldReader> {
    const payload = yield* this.receive();
    if (payload === undefined) throw new SshError('Connection closed by remote host');
    if (payload[0] !== message) throw new SshError('unexpected message');
    return new FieldReader(payload, 1);
  }

  *#readMore(): Task<boolean> {
    const piece = yield* this.#process.read(this.#input);
    if (piece.length === 0) return false;
    this.#received = this.#received.length === 0 ? piece : concatBytes([this.#received, piece]);
    return true;
  }
}

const ALGORITHMS = [
  'curve25519-sha256',
  'ssh-ed25519',
  'chacha20-poly1305@openssh.com',
  'chacha20-poly1305@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-256',
  'none',
  'none',
  '',
  '',
];

function* sendKexInit(process: Process, transport: Transport): Task<Uint8Array> {
  const cookie = yield* randomBytes(process, 16);
  const message = concatBytes([Uint8Array.of(MESSAGE.kexInit), cookie, writeFields(...ALGORITHMS, false, 0)]);
  yield* transport.send(message);
  return message;
}

/** What both sides know after the key exchange. */
export interface Exchanged {
  /** What signatures are about. */
  readonly session: Uint8Array;
  readonly hostKey: Uint8Array;
}

/** The client's part of the key exchange. Throws SshError. */
export function* exchangeAsClient(process: Process, transport: Transport): Task<Exchanged> {
  yield* sendKexInit(process, transport);
  const mine = yield* randomBytes(process, 32);
  yield* transport.expect(MESSAGE.kexInit);
  yield* transport.send(writeMessage(MESSAGE.kexEcdhInit, mine));
  const reply = yield* transport.expect(MESSAGE.kexEcdhReply);
  const hostKey = reply.bytes();
  const theirs = reply.bytes();
  reply.bytes();
  yield* transport.send(writeMessage(MESSAGE.newKeys));
  yield* transport.expect(MESSAGE.newKeys);
  transport.hide(new Pad(mine, theirs));
  return { session: digest(concatBytes([mine, theirs, hostKey])), hostKey };
}

/** The server's part. Throws SshError. */
export function* exchangeAsServer(process: Process, transport: Transport, key: SshKey): Task<Exchanged> {
  yield* sendKexInit(process, transport);
  yield* transport.expect(MESSAGE.kexInit);
  const theirs = (yield* transport.expect(MESSAGE.kexEcdhInit)).bytes();
  if (theirs.length !== 32) throw new SshError('bad key exchange');
  const mine = yield* randomBytes(process, 32);
  const session = digest(concatBytes([theirs, mine, key.blob]));
  yield* transport.send(writeMessage(MESSAGE.kexEcdhReply, key.blob, mine, sealOf(key.blob, session)));
  yield* transport.send(writeMessage(MESSAGE.newKeys));
  yield* transport.expect(MESSAGE.newKeys);
  transport.hide(new Pad(theirs, mine));
  return { session, hostKey: key.blob };
}
