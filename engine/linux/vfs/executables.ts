import type { Program } from '../syscalls.ts';

/** A program as a file: it has no machine code, but it can be copied and run like one that has. */
export interface Executable {
  readonly program: Program;
  /** What `ls -l` shows. */
  readonly size: number;
  /** What reading the file gives: the ELF magic and the number of the program. */
  readonly image: Uint8Array;
}

const MAGIC = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0];
const IMAGE_BYTES = 16;

const DEFAULT_SIZE = 131_072;

/** All programs that images and disks of one cluster hold, so that a copy of an executable is one as well. */
export class Executables {
  readonly #numbers = new WeakMap<Program, number>();
  readonly #programs: Program[] = [];

  of(program: Program, size = DEFAULT_SIZE): Executable {
    let number = this.#numbers.get(program);
    if (number === undefined) {
      number = this.#programs.length;
      this.#programs.push(program);
      this.#numbers.set(program, number);
    }
    const image = new Uint8Array(IMAGE_BYTES);
    image.set(MAGIC);
    new DataView(image.buffer).setUint32(MAGIC.length, number);
    return { program, size, image };
  }

  /** The program whose image these bytes are. */
  find(image: Uint8Array): Program | undefined {
    if (image.length !== IMAGE_BYTES || MAGIC.some((byte, index) => image[index] !== byte)) return undefined;
    return this.#programs[new DataView(image.buffer, image.byteOffset).getUint32(MAGIC.length)];
  }
}
