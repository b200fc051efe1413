import type { Task } from '../../../sim/index.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

export interface InputLine {
  readonly text: string;
  /** Whether the delimiter came; false at the end of the file. */
  readonly terminated: boolean;
}

/** `read` takes no more than this at once. */
const MAX_LINE = 1024 * 1024;

/**
 * Reads a line byte by byte, so that what comes after it is left to the next command. Undefined at the end of the file.
 *
 * @param delimiter the byte that ends it; a newline unless told
 * @param maxBytes ends the line after so many
 */
export function* readLineBytewise(
  process: Process,
  fd: number,
  delimiter = 10,
  maxBytes = MAX_LINE,
): Task<InputLine | undefined> {
  const bytes: number[] = [];
  while (bytes.length < maxBytes) {
    const piece = yield* process.read(fd, 1);
    if (piece.length === 0) {
      return bytes.length === 0 ? undefined : { text: decode(Uint8Array.from(bytes)), terminated: false };
    }
    if (piece[0] === delimiter) return { text: decode(Uint8Array.from(bytes)), terminated: true };
    bytes.push(piece[0]!);
  }
  return { text: decode(Uint8Array.from(bytes)), terminated: true };
}
