import { KINDS } from '../api/kind-list.ts';
import type { KubeList, KubeObject } from '../api/object.ts';

/** Stored objects are immutable and shared, so the bytes of one serve every list, get and watch until it changes. */
const KNOWN = new WeakMap<object, Buffer>();

const OPEN_OBJECT = Buffer.from('{');
const OPEN_LIST = Buffer.from('"items":[');
const COMMA = Buffer.from(',');
const CLOSE_LIST = Buffer.from(']}');

/** An object's JSON. */
export function objectJson(object: object): Buffer {
  const known = KNOWN.get(object);
  if (known !== undefined) return known;
  const bytes = Buffer.from(objectText(object));
  if (isStored(object)) KNOWN.set(object, bytes);
  return bytes;
}

/**
 * The JSON of any body of an answer. A list is put together from its items'; for a single object the bytes are used if
 * they are there, but are not worth keeping: Node sends a short string with its headers in one piece.
 */
export function bodyJson(body: object): Buffer | string {
  return isList(body) ? listJson(body) : (KNOWN.get(body) ?? objectText(body));
}

/** What the real server has as a structure says first of what kind it is; custom resources are maps, whose keys are in order. */
function objectText(object: object): string {
  const { apiVersion, kind, ...rest } = object as Partial<KubeObject>;
  return BUILT_IN.has(`${apiVersion} ${kind}`) || BUILT_IN.has(`${apiVersion} ${kind}List`)
    ? JSON.stringify({ kind, apiVersion, ...rest })
    : JSON.stringify(object);
}

function listJson({ items, ...rest }: KubeList<KubeObject>): Buffer {
  const pieces: Buffer[] = [Buffer.from(`${objectText(rest).slice(0, -1)},`), OPEN_LIST];
  const beginning = typedBeginning(rest);
  for (let index = 0; index < items.length; index++) {
    if (index > 0) pieces.push(COMMA);
    const bytes = objectJson(items[index]!);
    const isTyped = beginning !== undefined && bytes.subarray(0, beginning.length).equals(beginning);
    if (isTyped) pieces.push(OPEN_OBJECT, bytes.subarray(beginning.length));
    else pieces.push(bytes);
  }
  pieces.push(CLOSE_LIST);
  return Buffer.concat(pieces);
}

const BUILT_IN: ReadonlySet<string> = new Set(
  KINDS.map(({ group, version, kind }) => `${group === '' ? version : `${group}/${version}`} ${kind}List`),
);

/** How the items of a list begin where, as in the real server's, the list alone says of what kind they are: of all but custom resources. */
function typedBeginning({ apiVersion, kind }: Pick<KubeList<KubeObject>, 'apiVersion' | 'kind'>): Buffer | undefined {
  if (!BUILT_IN.has(`${apiVersion} ${kind}`)) return undefined;
  const name = JSON.stringify(kind.slice(0, -'List'.length));
  return Buffer.from(`{"kind":${name},"apiVersion":${JSON.stringify(apiVersion)},`);
}

function isStored(object: object): boolean {
  const { metadata } = object as Partial<KubeObject>;
  return typeof metadata === 'object' && metadata !== null && typeof metadata.uid === 'string';
}

function isList(body: object): body is KubeList<KubeObject> {
  const { kind, items, metadata } = body as Partial<KubeList<KubeObject>>;
  return Array.isArray(items) && typeof kind === 'string' && kind.endsWith('List') && metadata !== undefined;
}
