import { concatBytes, decode, encode } from '../../linux/stdio.ts';
import { ENCRYPTED_PREFIX, isEncrypted } from '../encrypted-value.ts';

/** Why a stored value cannot be read, in the words of k8s.io/apiserver. */
export class TransformError extends Error {
  override readonly name = 'TransformError';
}

/** What stored bytes say, and whether they would be written otherwise today. */
export interface ReadBytes {
  readonly plain: Uint8Array;
  readonly stale: boolean;
}

/** Turns bytes into what is stored, and back. The key of etcd under which it lies may be part of the seal. */
export interface BytesTransformer {
  /** @throws TransformError */
  read(stored: Uint8Array, key: string): ReadBytes;
  write(plain: Uint8Array, key: string): Uint8Array;
}

/** A transformer, and what its bytes begin with. */
export interface Prefixed {
  readonly prefix: string;
  readonly transformer: BytesTransformer;
}

/**
 * Several transformers of which the first writes, and those whose prefix fits read, one after the other.
 * After k8s.io/apiserver pkg/storage/value/transformer.go.
 */
export class PrefixTransformer implements BytesTransformer {
  readonly #options: readonly Prefixed[];
  readonly #noneFits: string;

  constructor(options: readonly Prefixed[], noneFits: string) {
    this.#options = options;
    this.#noneFits = noneFits;
  }

  read(stored: Uint8Array, key: string): ReadBytes {
    const reasons = new Set<string>();
    for (const [index, { prefix, transformer }] of this.#options.entries()) {
      if (!startsWith(stored, prefix)) continue;
      try {
        const { plain, stale } = transformer.read(stored.subarray(prefix.length), key);
        return { plain, stale: stale || index > 0 };
      } catch (error) {
        if (!(error instanceof TransformError)) throw error;
        // That the identity cannot read what is encrypted is no reason: another one may.
        if (prefix !== '') reasons.add(error.message);
      }
    }
    const [first = this.#noneFits] = reasons;
    throw new TransformError(reasons.size > 1 ? `[${[...reasons].join(', ')}]` : first);
  }

  write(plain: Uint8Array, key: string): Uint8Array {
    const { prefix, transformer } = this.#options[0]!;
    return concatBytes([encode(prefix), transformer.write(plain, key)]);
  }
}

function startsWith(bytes: Uint8Array, prefix: string): boolean {
  for (let index = 0; index < prefix.length; index++) {
    if (bytes[index] !== prefix.charCodeAt(index)) return false;
  }
  return true;
}

/** Stores what it is given, and refuses to read what somebody has encrypted. */
export const IDENTITY: BytesTransformer = {
  read(stored) {
    if (startsWith(stored, ENCRYPTED_PREFIX)) {
      throw new TransformError('identity transformer tried to read encrypted data');
    }
    return { plain: stored, stale: false };
  },
  write: (plain) => plain,
};

/** What a value of etcd says, and whether it would be stored otherwise today. */
export interface ReadValue {
  readonly value: unknown;
  readonly stale: boolean;
}

/**
 * The same for values as this simulation's etcd has them: objects, where nobody has encrypted them, else text. (The real one
 * has bytes of protobuf; what is encrypted here is JSON.)
 */
export class ValueTransformer {
  readonly #bytes: BytesTransformer;

  constructor(bytes: BytesTransformer) {
    this.#bytes = bytes;
  }

  /** @throws TransformError */
  read(stored: unknown, key: string): ReadValue {
    if (typeof stored !== 'string') return { value: stored, stale: this.#bytes.read(PLAIN, key).stale };
    const { plain, stale } = this.#bytes.read(encode(stored), key);
    return { value: parsed(decode(plain)), stale };
  }

  write(value: unknown, key: string): unknown {
    const stored = decode(this.#bytes.write(encode(JSON.stringify(value)), key));
    return isEncrypted(stored) ? stored : value;
  }
}

/** Stands for any value that is not encrypted. */
const PLAIN = encode('{}');

/** A wrong key can give what looks like something. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TransformError("couldn't get version/kind; json parse error: invalid character in what was decrypted");
  }
}
