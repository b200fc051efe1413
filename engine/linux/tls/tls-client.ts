import type { Task } from '../../sim/index.ts';
import { concatBytes, encode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import {
  ALERT,
  CONTENT,
  MESSAGE,
  Pad,
  RecordReader,
  readChainOf,
  readMessages,
  TlsError,
  type TlsRecord,
  writeAlert,
  writeChain,
  writeMessage,
  writeRecords,
} from './record.ts';

/** What a client has once the handshake is done. */
export interface TlsConnection {
  /** The chain that the server showed, in DER, its own certificate first. */
  readonly chain: readonly Uint8Array[];
  /** Whether the server asked for the client's certificate. */
  readonly wasAsked: boolean;
  seal(bytes: Uint8Array): Uint8Array;
  /** What has come, in plain; undefined once the server has ended it. Throws TlsError. */
  open(bytes: Uint8Array): Uint8Array | undefined;
}

export interface HandshakeOptions {
  /** What is asked for by name (SNI): no addresses. */
  readonly serverName?: string;
  /** What is shown to a server that asks for it, in DER; the client's own certificate first. */
  readonly ownChain?: readonly Uint8Array[];
  /** How long the server may take. */
  readonly timeoutMs?: number;
}

/** Greets a server on a connection. Throws TlsError for who does not speak TLS or refuses, Errno of the connection. */
export function* shakeHands(process: Process, fd: number, options: HandshakeOptions): Task<TlsConnection> {
  const random = yield* randomBytes(process, 32);
  const hello = concatBytes([random, encode(options.serverName ?? '')]);
  yield* process.write(fd, writeRecords(CONTENT.handshake, writeMessage(MESSAGE.clientHello, hello)));
  const reader = new RecordReader();
  const messages: TlsRecord[] = [];
  while (!messages.some(({ type }) => type === MESSAGE.finished)) {
    if (options.timeoutMs !== undefined && (yield* process.poll([fd], options.timeoutMs)).length === 0)
      throw new TlsError('timeout', 'SSL connection timeout');
    const piece = yield* process.read(fd);
    if (piece.length === 0) throw new TlsError('0A000126', 'unexpected eof while reading');
    for (const { type, body } of reader.take(piece)) {
      if (type === CONTENT.alert) throw refusal(body[1]);
      messages.push(...readMessages(body));
    }
  }
  const wasAsked = messages.some(({ type }) => type === MESSAGE.certificateRequest);
  const shown = wasAsked ? [writeMessage(MESSAGE.certificate, writeChain(options.ownChain ?? []))] : [];
  const flight = concatBytes([...shown, writeMessage(MESSAGE.finished, new Uint8Array(32))]);
  yield* process.write(fd, writeRecords(CONTENT.handshake, flight));
  const bodyOf = (kind: number) => messages.find(({ type }) => type === kind)?.body ?? new Uint8Array(0);
  const pad = new Pad(random, bodyOf(MESSAGE.serverHello));
  return {
    chain: readChainOf(bodyOf(MESSAGE.certificate)),
    wasAsked,
    seal: (bytes) => writeRecords(CONTENT.data, pad.turn(bytes)),
    open(bytes) {
      const records = reader.take(bytes);
      if (records.some(({ type }) => type === CONTENT.alert)) return undefined;
      return concatBytes(records.filter(({ type }) => type === CONTENT.data).map(({ body }) => pad.turn(body)));
    },
  };
}

/** What a client says when it does not believe a server. */
export const DISTRUST = writeAlert(ALERT.unknownAuthority);

function refusal(alert: number | undefined): TlsError {
  return alert === ALERT.unrecognizedName
    ? new TlsError('0A000458', 'tlsv1 unrecognized name')
    : new TlsError('0A000410', 'ssl/tls alert handshake failure');
}

/** From the machine's own source. */
export function* randomBytes(process: Process, count: number): Task<Uint8Array> {
  const fd = process.open('/dev/urandom', { read: true });
  const pieces: Uint8Array[] = [];
  for (let left = count; left > 0; ) {
    const piece = yield* process.read(fd, left);
    pieces.push(piece);
    left -= piece.length;
  }
  process.close(fd);
  return concatBytes(pieces);
}
