import type { KubeObject } from '../../api/object.ts';
import type { WatchEvent } from '../../api/request.ts';
import { BackwardWriter } from './backward-writer.ts';
import { encodeMessage } from './encode-message.ts';
import { definitionOf, LIST_META } from './kinds.ts';

// https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding-idl

const MAGIC = Buffer.from('k8s\0');
const LENGTH_BYTES = 4;

/** Stored objects are immutable and shared, so the bytes of one serve every list, get and watch until it changes. */
const KNOWN = new WeakMap<object, Buffer>();

/** What tells a body of the API from a document. */
interface Typed {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * An object or a list as the real server sends it. Undefined for what there is no message of: tables, custom resources,
 * documents.
 */
export function encodeProtobuf(body: object): Buffer | undefined {
  const { apiVersion, kind } = body as Typed;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const raw = rawList(body as Typed) ?? rawObject(body as Typed);
  return raw && inEnvelope(apiVersion, kind, raw);
}

/** `runtime.Unknown` after four bytes that say what it is. */
function inEnvelope(apiVersion: string, kind: string, raw: Buffer): Buffer {
  const out = new BackwardWriter();
  // How the message is encoded and of what type it is: nothing to say.
  out.text(4, '');
  out.text(3, '');
  out.bytesField(2, raw);
  const before = out.length;
  out.text(2, kind);
  out.text(1, apiVersion);
  out.message(1, before);
  out.raw(MAGIC);
  return out.bytes;
}

function rawObject(object: Typed): Buffer | undefined {
  const definition = definitionOf(object.apiVersion, object.kind);
  return definition === undefined ? undefined : rawMessage(definition, object);
}

function rawMessage(definition: string, object: object): Buffer {
  const known = KNOWN.get(object);
  if (known !== undefined) return known;
  const bytes = encodeMessage(definition, object);
  if (typeof (object as Partial<KubeObject>).metadata?.uid === 'string') KNOWN.set(object, bytes);
  return bytes;
}

/** Every list is a message of its metadata and its items, which do not say of what kind they are. */
function rawList({ apiVersion, kind, ...rest }: Typed & { items?: unknown; metadata?: object }): Buffer | undefined {
  if (!kind.endsWith('List') || !Array.isArray(rest.items)) return undefined;
  const definition = definitionOf(apiVersion, kind.slice(0, -'List'.length));
  if (definition === undefined) return undefined;
  const out = new BackwardWriter();
  for (const item of rest.items.toReversed()) out.bytesField(2, rawMessage(definition, item));
  out.bytesField(1, encodeMessage(LIST_META, rest.metadata ?? {}));
  return out.bytes;
}

/**
 * An event of a watch: a `WatchEvent` without an envelope, the object in it with one, and the length before it as four bytes.
 * Undefined for an object that there is no message of.
 */
export function encodeWatchEvent({ type, object }: WatchEvent): Buffer | undefined {
  const encoded = encodeProtobuf(object);
  if (encoded === undefined) return undefined;
  const out = new BackwardWriter();
  const extension = out.length;
  out.bytesField(1, encoded);
  out.message(2, extension);
  out.text(1, type);
  const frame = Buffer.allocUnsafe(LENGTH_BYTES);
  frame.writeUInt32BE(out.length);
  return Buffer.concat([frame, out.bytes]);
}
