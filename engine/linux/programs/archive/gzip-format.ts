import { Gunzip, gzipSync } from 'fflate';
import { concatBytes } from '../../stdio.ts';

/** The bytes are no gzip data, or end too early. */
export class GzipError {
  readonly message: string;
  /** 2 where the real one only warns. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    this.exitCode = exitCode;
    this.message = message;
  }
}

/** Nothing in a simulation needs more; what would unpack to more is refused. */
const MAX_BYTES = 64 * 1024 * 1024;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** @param name goes into the header, as gzip(1) keeps it; empty for data from a pipe */
export function compress(bytes: Uint8Array, level: number, name = '', modifiedMs = 0): Uint8Array {
  const options = { level: level as 6, mtime: modifiedMs === 0 ? 0 : new Date(modifiedMs) };
  return gzipSync(bytes, name === '' ? options : { ...options, filename: name });
}

/** Throws GzipError. */
export function decompress(bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) throw new GzipError('not in gzip format');
  const pieces: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  try {
    const gunzip = new Gunzip((piece, last) => {
      size += piece.length;
      if (size > MAX_BYTES) throw new GzipError('File too large');
      pieces.push(piece);
      ended ||= last;
    });
    // Piece by piece, so that a bomb is found before it has gone off.
    for (let at = 0; at < bytes.length; at += 65_536)
      gunzip.push(bytes.subarray(at, at + 65_536), at + 65_536 >= bytes.length);
  } catch (error) {
    if (error instanceof GzipError) throw error;
    throw new GzipError('invalid compressed data--format violated');
  }
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + Math.max(0, bytes.length - 4));
  // Several files packed one after the other say less than they hold.
  if (bytes.length < 18 || size < trailer.getUint32(0, true)) ended = false;
  if (!ended) throw new GzipError('unexpected end of file');
  return pieces.length === 0 ? new Uint8Array(0) : concatBytes(pieces);
}
