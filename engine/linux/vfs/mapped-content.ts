import type { MappedMemory } from '../syscalls.ts';
import { FileContent, type Room } from './file-content.ts';

/**
 * The content of a file that a program keeps in its memory: its bytes are made when somebody looks, and take no room before
 * somebody writes. Whoever reads from beginning to end reads one state of it.
 */
export class MappedContent extends FileContent {
  readonly memory: MappedMemory;
  /** Whether the file is still what the program keeps; what others write parts the two. */
  #parted = false;
  #shown = -1;

  constructor(room: Room, memory: MappedMemory) {
    super(room);
    this.memory = memory;
  }

  get parted(): boolean {
    return this.#parted;
  }

  override get size(): number {
    this.#look();
    return super.size;
  }

  override get allocatedBytes(): number {
    return this.#parted ? super.allocatedBytes : 0;
  }

  override read(offset: number, max: number): Uint8Array {
    if (offset === 0) this.#look();
    return super.read(offset, max);
  }

  override replace(text: string): void {
    this.#part();
    super.replace(text);
  }

  override write(offset: number, data: Uint8Array): void {
    this.#part();
    super.write(offset, data);
  }

  override truncate(size: number): void {
    this.#part();
    super.truncate(size);
  }

  #look(): void {
    const { version } = this.memory;
    if (this.#parted || version === this.#shown) return;
    this.#shown = version;
    this.show(this.memory.bytes());
  }

  #part(): void {
    this.#look();
    this.#parted = true;
  }
}
