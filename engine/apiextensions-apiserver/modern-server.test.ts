import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Body, startTestServer } from '../kube-apiserver/testing/test-server.ts';

// What a 1.36.4 API server answered, request by request, about one definition and its objects: times, uids and
// resourceVersions left out. The requests build on each other.

interface Exchange {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly body?: unknown;
  /** How the body differs from the definition: a merge patch, item by item for versions. */
  readonly definition?: Body;
  /** The body is a patch that gives the definition's only version this name. */
  readonly rename?: string;
  readonly status: number;
  readonly warning?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: Body;
  readonly text?: string;
  readonly object?: Body;
}

const path = join(import.meta.dirname, 'testdata/modern-server.json');
const { definition, exchanges }: { definition: Body; exchanges: readonly Exchange[] } = JSON.parse(
  readFileSync(path, 'utf8'),
);
const GADGETS = '/apis/modern.example.com/v1/namespaces/default/gadgets';
/** Order in which a Go map was walked. */
const UNORDERED = ['cr-multi'];

function merged(base: Body, patch: Body): Body {
  const result = { ...base };
  for (const [key, value] of Object.entries<Body>(patch)) {
    if (value === null) delete result[key];
    else if (key === 'versions' && Array.isArray(value))
      result[key] = value.map((each: Body) => merged(base[key][0], each));
    else result[key] = typeof value === 'object' && !Array.isArray(value) ? merged(base[key] ?? {}, value) : value;
  }
  return result;
}

function bodyOf({ body, definition: patch, rename }: Exchange): string | undefined {
  if (patch !== undefined) return JSON.stringify(merged(definition, patch));
  if (rename !== undefined) {
    return JSON.stringify({ spec: { versions: [{ ...definition.spec.versions[0], name: rename }] } });
  }
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
}

const MASKED = ['resourceVersion', 'uid', 'creationTimestamp', 'deletionTimestamp', 'time', 'continue'];

function masked(value: Body, isObject: boolean): Body {
  if (Array.isArray(value)) return value.map((each) => masked(each, isObject));
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string'
      ? value
          .replace(/current: \d+/, 'current: N')
          .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uid>')
          .replace(/^\d+s$/, '<age>')
      : value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !MASKED.includes(key) && (isObject || key !== 'managedFields'))
      .map(([key, each]) => [key, masked(each, isObject)] as const),
  );
}

test('answers as a 1.36.4 server does', () => {
  const { request, sim } = startTestServer();
  const wrong: unknown[] = [];
  for (const exchange of exchanges) {
    const { name, method, contentType = 'application/json', accept } = exchange;
    if (name === 'list-limit') {
      for (const index of [0, 1, 2, 3, 4]) {
        const finalizers = index === 1 ? { finalizers: ['example.com/hold'] } : {};
        const metadata = { name: `l${index}`, labels: { i: String(index) }, ...finalizers };
        const spec = { mode: index % 2 === 1 ? 'a' : 'b' };
        request(
          'POST',
          GADGETS,
          JSON.stringify({ apiVersion: 'modern.example.com/v1', kind: 'Gadget', metadata, spec }),
        );
      }
    }
    const headers = {
      'content-type': contentType,
      'user-agent': 'golden/1.0',
      ...(accept === undefined ? {} : { accept }),
    };
    const answer = request(method, exchange.path, bodyOf(exchange), headers);
    sim.runFor(1_000);
    const found = comparable(exchange, answer.status, answer.headers?.['warning'], answer.body);
    const expected = comparable(exchange, exchange.status, exchange.warning, undefined);
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({ name, expected, found });
  }
  expect(wrong).toEqual([]);
});

/** The part of an answer that the exchange speaks of; of the exchange itself without a body. */
function comparable(exchange: Exchange, status: number, warning: string | undefined, body: Body): Body {
  const { message, reason, details, object, text, name } = exchange;
  const of = (recorded: Body, found: Body) =>
    recorded === undefined ? undefined : body === undefined ? recorded : found;
  const isUnordered = UNORDERED.includes(name);
  const causes = (all: Body) => (isUnordered ? undefined : all);
  return sorted({
    status,
    warning,
    message: isUnordered ? undefined : masked(of(message, body?.message), false),
    reason: of(reason, body?.reason),
    details: causes(masked(of(details, body?.details), false)),
    text: of(text, body),
    object: masked(of(object, body), object?.metadata?.managedFields !== undefined),
  });
}

function sorted(value: Body): Body {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])] as const),
  );
}
