import { badRequest, invalidOptions } from '../../api/errors.ts';
import type { FieldError } from '../../api/field-error.ts';
import { forbidden, notSupported } from '../../api/field-errors.ts';
import type { Query } from '../query.ts';

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions */
export interface ListOptions {
  /** Undefined when the client did not say. */
  readonly revision: number | undefined;
  readonly match: 'Exact' | 'NotOlderThan' | '';
  /** 0 for all. */
  readonly limit: number;
  readonly continueToken: string;
  readonly allowBookmarks: boolean;
  readonly sendInitialEvents: boolean;
  readonly timeoutSeconds: number | undefined;
}

const MATCHES = ['Exact', 'NotOlderThan', ''];

/** @throws StatusError for parameters that make no sense, alone or together. */
export function readListOptions(query: Query, isWatch: boolean): ListOptions {
  const limit = query.integer('limit') ?? 0;
  const timeoutSeconds = query.integer('timeoutSeconds');
  const match = query.text('resourceVersionMatch');
  const sendInitialEvents = query.flag('sendInitialEvents');
  const errors: FieldError[] = [];
  if (isWatch) checkWatch(errors, match, query.has('sendInitialEvents'));
  else checkList(errors, match, query);
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
  const revision = readRevision(query.text('resourceVersion'));
  return {
    revision,
    match: match as ListOptions['match'],
    // "Any" revision comes from the real server's cache, which knows no pages.
    limit: revision === 0 && match === '' ? 0 : Math.max(0, limit),
    continueToken: query.text('continue'),
    allowBookmarks: query.flag('allowWatchBookmarks'),
    sendInitialEvents: isWatch && sendInitialEvents,
    timeoutSeconds,
  };
}

const MATCH = 'resourceVersionMatch';

function checkList(errors: FieldError[], match: string, query: Query): void {
  if (query.has('sendInitialEvents')) {
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  if (match === '') return;
  const version = query.text('resourceVersion');
  if (query.text('continue') !== '') {
    errors.push(forbidden(MATCH, 'resourceVersionMatch is forbidden when continue is provided'));
  } else if (version === '') {
    errors.push(forbidden(MATCH, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
  } else if (!MATCHES.includes(match)) errors.push(notSupported(MATCH, match, MATCHES));
  else if (match === 'Exact' && version === '0') {
    errors.push(forbidden(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
}

function checkWatch(errors: FieldError[], match: string, given: boolean): void {
  if (given && match !== 'NotOlderThan') {
    errors.push(forbidden(MATCH, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  } else if (!given && match !== '') {
    errors.push(forbidden(MATCH, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  }
}

function readRevision(text: string): number | undefined {
  if (text === '') return undefined;
  if (/^[0-9]+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  const why = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw badRequest(`invalid resource version: ${why}`);
}
