import { sameValue } from '../copy-on-write.ts';
import { badRequest, unprocessable } from '../errors.ts';
import { define, isObject } from './merge-patch.ts';

type Change = (value: unknown) => unknown;

const OPERATIONS = ['add', 'copy', 'move', 'remove', 'replace', 'test'];
/** As the real server: https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */
const MAX_OPERATIONS = 10_000;

/**
 * RFC 6902.
 *
 * @throws StatusError BadRequest for what is no patch, Invalid for one that does not fit the object or whose test fails.
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    const found = typeof patch === 'object' ? 'object' : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${found} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (patch.length > MAX_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    throw badRequest(message);
  }
  return patch.reduce(applyOperation, target);
}

function applyOperation(target: unknown, operation: unknown): unknown {
  const { op, path, from, value } = (isObject(operation) ? operation : {}) as Record<string, unknown>;
  if (typeof op !== 'string' || !OPERATIONS.includes(op)) {
    throw badRequest(`invalid operation ${JSON.stringify(operation)}: unsupported operation`);
  }
  const to = readPointer(path);
  switch (op) {
    case 'add':
      return change(
        target,
        to,
        (parent, key) => addTo(parent, key, value ?? null),
        () => value ?? null,
      );
    case 'remove':
      return change(target, to, removeFrom, () => null);
    case 'replace':
      return change(
        target,
        to,
        (parent, key) => replaceIn(parent, key, value ?? null),
        () => value ?? null,
      );
    case 'test':
      if (!sameJson(valueAt(target, to), value ?? null)) throw unprocessable();
      return target;
    default: {
      const source = readPointer(from);
      const moved = valueAt(target, source);
      const rest = op === 'move' ? change(target, source, removeFrom, () => null) : target;
      return change(
        rest,
        to,
        (parent, key) => addTo(parent, key, moved),
        () => moved,
      );
    }
  }
}

/** RFC 6901. */
function readPointer(path: unknown): string[] {
  if (typeof path !== 'string') throw unprocessable();
  if (path === '') return [];
  if (path[0] !== '/') throw unprocessable();
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(target: unknown, pointer: readonly string[]): unknown {
  let value = target;
  for (const key of pointer) value = child(value, key);
  return value;
}

function child(parent: unknown, key: string): unknown {
  if (Array.isArray(parent)) return parent[indexIn(parent, key, parent.length - 1)];
  if (!isObject(parent) || !Object.hasOwn(parent, key) || parent[key] === undefined) throw unprocessable();
  return parent[key];
}

/** Copies the path to a place and lets `edit` change its parent. */
function change(
  target: unknown,
  pointer: readonly string[],
  edit: (parent: unknown, key: string) => unknown,
  atRoot: Change,
): unknown {
  const [key, ...rest] = pointer;
  if (key === undefined) return atRoot(target);
  if (rest.length === 0) return edit(target, key);
  return replaceIn(target, key, change(child(target, key), rest, edit, atRoot));
}

function addTo(parent: unknown, key: string, value: unknown): unknown {
  if (Array.isArray(parent)) {
    return parent.toSpliced(key === '-' ? parent.length : indexIn(parent, key, parent.length), 0, value);
  }
  return withKey(parent, key, value);
}

function replaceIn(parent: unknown, key: string, value: unknown): unknown {
  if (Array.isArray(parent)) return parent.with(indexIn(parent, key, parent.length - 1), value);
  child(parent, key);
  return withKey(parent, key, value);
}

function removeFrom(parent: unknown, key: string): unknown {
  if (Array.isArray(parent)) return parent.toSpliced(indexIn(parent, key, parent.length - 1), 1);
  child(parent, key);
  const copy = { ...(parent as Record<string, unknown>) };
  delete copy[key];
  return copy;
}

function withKey(parent: unknown, key: string, value: unknown): unknown {
  if (!isObject(parent)) throw unprocessable();
  const copy = { ...parent };
  define(copy, key, value);
  return copy;
}

/** Negative indices count from the end, as in the library the real server uses. */
function indexIn(list: readonly unknown[], key: string, max: number): number {
  if (!/^-?[0-9]+$/.test(key)) throw unprocessable();
  const index = Number(key) < 0 ? list.length + Number(key) : Number(key);
  if (index < 0 || index > max) throw unprocessable();
  return index;
}

function sameJson(left: unknown, right: unknown): boolean {
  return typeof left === typeof right && Array.isArray(left) === Array.isArray(right) && sameValue(left, right);
}
