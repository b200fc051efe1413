import type { SecureChannel } from '../http.ts';
import { concatBytes, decode } from '../stdio.ts';
import {
  ALERT,
  CONTENT,
  MESSAGE,
  Pad,
  RecordReader,
  readChainOf,
  readMessages,
  TlsError,
  writeAlert,
  writeChain,
  writeMessage,
  writeRecords,
} from './record.ts';

/** How a server chooses what it shows: the chain in DER for the name that the client asks for; undefined refuses the name. */
export type ChooseChain = (serverName: string | undefined) => readonly Uint8Array[] | undefined;

export const PROTOCOL = 'TLSv1.3';
export const CIPHER = 'TLS_AES_256_GCM_SHA384';

/**
 * The server's side of a connection: bytes in, bytes out. It has the shape of TLS 1.3: records, a hello with the server's name
 * (SNI), one with the certificates, one round trip. It has none of its secrets: keys are not agreed on and nothing is proved, so what either
 * side can judge are names, times and who signed.
 */
export class TlsServer implements SecureChannel {
  readonly #choose: ChooseChain;
  readonly #random: Uint8Array;
  readonly #reader = new RecordReader();
  #pad: Pad | undefined;
  #serverName: string | undefined;
  readonly #asksClient: boolean;
  #clientChain: readonly Uint8Array[] = [];

  /** @param random 32 bytes. @param asksClient whether clients are to show a certificate, if they have one */
  constructor(choose: ChooseChain, random: Uint8Array, asksClient = false) {
    this.#asksClient = asksClient;
    this.#choose = choose;
    this.#random = random;
  }

  get tls() {
    return { serverName: this.#serverName, protocol: PROTOCOL, cipher: CIPHER, clientChain: this.#clientChain };
  }

  receive(bytes: Uint8Array) {
    const plain: Uint8Array[] = [];
    const reply: Uint8Array[] = [];
    let isOver = false;
    try {
      for (const { type, body } of this.#reader.take(bytes)) {
        if (type === CONTENT.alert) isOver = true;
        else if (type === CONTENT.data) plain.push(this.#padOrFail().turn(body));
        else
          for (const message of readMessages(body))
            if (message.type === MESSAGE.clientHello) reply.push(this.#hello(message.body));
            else if (message.type === MESSAGE.certificate) this.#clientChain = readChainOf(message.body);
      }
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      if (error.code === NO_TLS.code && this.#pad === undefined)
        return { plain: bytes, reply: new Uint8Array(0), isOver: false, isPlain: true };
      reply.push(writeAlert(error instanceof UnknownName ? ALERT.unrecognizedName : ALERT.handshakeFailure));
      isOver = true;
    }
    return { plain: concatBytes(plain), reply: concatBytes(reply), isOver, isPlain: false };
  }

  seal(bytes: Uint8Array): Uint8Array {
    return writeRecords(CONTENT.data, this.#padOrFail().turn(bytes));
  }

  #padOrFail(): Pad {
    if (this.#pad === undefined) throw new TlsError('0A0000F4', 'unexpected message');
    return this.#pad;
  }

  #hello(body: Uint8Array): Uint8Array {
    const name = decode(body.subarray(32));
    this.#serverName = name === '' ? undefined : name;
    const chain = this.#choose(this.#serverName);
    if (chain === undefined) throw new UnknownName('0A000458', 'tlsv1 unrecognized name');
    this.#pad = new Pad(body.subarray(0, 32), this.#random);
    return writeRecords(
      CONTENT.handshake,
      concatBytes([
        writeMessage(MESSAGE.serverHello, this.#random),
        ...(this.#asksClient ? [writeMessage(MESSAGE.certificateRequest, new Uint8Array(32))] : []),
        writeMessage(MESSAGE.certificate, writeChain(chain)),
        writeMessage(MESSAGE.finished, new Uint8Array(32)),
      ]),
    );
  }
}

class UnknownName extends TlsError {}

const NO_TLS = { code: '0A00010B' };
