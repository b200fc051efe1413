import { badRequest } from '../../api/errors.ts';
import { readFields, WireError } from '../../linux/protobuf.ts';
import { definitionOf } from './kinds.ts';
import { decodeMessage } from './message.ts';

// https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding-idl

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const MAGIC = Buffer.from('k8s\0');
const TEXT = new TextDecoder();

interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

/**
 * A protobuf body as the object it stands for. Of a kind that is not known here nothing but its type comes through: the
 * API server does not serve such kinds, and says so.
 *
 * @throws StatusError BadRequest
 */
export function decodeProtobuf(bytes: Uint8Array): object {
  try {
    const { apiVersion, kind, raw } = readEnvelope(bytes);
    const definition = definitionOf(apiVersion, kind);
    return definition === undefined ? { apiVersion, kind } : { apiVersion, kind, ...decodeMessage(definition, raw) };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw badRequest(`the object provided is unrecognized: ${error.message}`);
  }
}

/** `runtime.Unknown` after four bytes that say what it is. */
function readEnvelope(bytes: Uint8Array): Envelope {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) {
    throw new WireError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const envelope = { apiVersion: '', kind: '', raw: new Uint8Array() as Uint8Array };
  for (const { number, value } of readFields(bytes.subarray(MAGIC.length))) {
    if (value.type !== 'bytes') continue;
    if (number === 2) envelope.raw = value.bytes;
    if (number !== 1) continue;
    for (const field of readFields(value.bytes)) {
      if (field.value.type !== 'bytes') continue;
      if (field.number === 1) envelope.apiVersion = TEXT.decode(field.value.bytes);
      if (field.number === 2) envelope.kind = TEXT.decode(field.value.bytes);
    }
  }
  return envelope;
}
