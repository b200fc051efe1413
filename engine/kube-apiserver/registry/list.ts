import { expired, resourceVersionTooLarge } from '../../api/errors.ts';
import type { KubeList, KubeObject } from '../../api/object.ts';
import { StatusError } from '../../api/status-error.ts';
import { CompactedError, type KeyValue, type RangeResult } from '../../etcd/index.ts';
import { apiVersionOf } from '../decode/object-decoder.ts';
import { isSelective, type ObjectFilter, selects } from '../watch/object-filter.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import type { ListOptions } from './list-options.ts';
import type { Store } from './store.ts';

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

/**
 * The objects of a kind that a filter selects, in the order of their keys, in chunks if the client wants.
 * The items are the stored objects; the HTTP front takes their apiVersion and kind away, as the real server does.
 */
export function listObjects(store: Store, filter: ObjectFilter, options: ListOptions): KubeList<KubeObject> {
  const prefix = filter.namespace === '' ? store.prefix : `${store.prefix}${filter.namespace}/`;
  const page = readPage(store, prefix, options);
  const { kind } = store;
  const selective = isSelective(filter);
  const items: KubeObject[] = [];
  let last: KeyValue | undefined;
  let left = 0;
  const objects = store.decodeAll(page.keyValues.map(({ value }) => value as KubeObject));
  for (const [index, keyValue] of page.keyValues.entries()) {
    const object = objects[index]!;
    if (selective && !selects(filter, kind, object)) continue;
    if (options.limit > 0 && items.length >= options.limit) left += 1;
    else {
      items.push(object);
      last = keyValue;
    }
  }
  const metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number } = {
    resourceVersion: String(page.revision),
  };
  if (left > 0) {
    metadata.continue = encodeContinue(page.revision, last!.key.slice(prefix.length - 1));
    if (!selective) metadata.remainingItemCount = left;
  }
  return { apiVersion: apiVersionOf(kind), kind: kind.listKind ?? `${kind.kind}List`, metadata, items };
}

function readPage(store: Store, prefix: string, options: ListOptions): RangeResult {
  const { etcd } = store.environment;
  const { continueToken, revision, match } = options;
  if (continueToken !== '') {
    const token = decodeContinue(continueToken);
    const start = prefix.slice(0, -1) + token.start;
    if (token.revision < 0) return etcd.range(prefix, { start });
    try {
      return etcd.range(prefix, { start, revision: token.revision });
    } catch (error) {
      if (!(error instanceof CompactedError)) throw error;
      throw tooOld(encodeContinue(-1, token.start.slice(0, -1)));
    }
  }
  if (revision !== undefined && revision > etcd.revision) {
    throw resourceVersionTooLarge(String(revision), etcd.revision);
  }
  // "Not older than" is best served by the present. A page of a revision is a page of exactly that one.
  const exact = revision !== undefined && revision > 0 && (match === 'Exact' || (match === '' && options.limit > 0));
  if (!exact) return etcd.range(prefix);
  try {
    return etcd.range(prefix, { revision });
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error;
    throw expired(`The resourceVersion for the provided list is too old.`);
  }
}

/** The refusal brings a token with which the list goes on, from the present state. */
function tooOld(token: string): StatusError {
  const { status } = expired(TOO_OLD);
  return new StatusError({ ...status, metadata: { continue: token } });
}
