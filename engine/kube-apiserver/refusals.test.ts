import { expect, test } from 'vitest';
import {
  APPLY,
  CONFIG_MAPS,
  configMapNamed,
  DEPLOYMENTS,
  deploymentNamed,
  JSON_PATCH,
  MERGE,
  startTestServer,
} from './testing/test-server.ts';

// What a server of version 1.36 was seen to answer to requests that ask for something else than it can give: status,
// reason and message, word for word.

type Method = Parameters<ReturnType<typeof startTestServer>['request']>[0];
interface Refusal {
  readonly code: number;
  readonly reason?: string;
  readonly message: string;
}

const PODS_ONLY_JSON =
  'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf';
const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';
const CM = `${CONFIG_MAPS}/c`;

function invalid(kind: string, field: string, words: string): Refusal {
  return { code: 422, reason: 'Invalid', message: `${kind} is invalid: ${field}: ${words}` };
}

function bad(message: string): Refusal {
  return { code: 400, reason: 'BadRequest', message };
}

const LIST_OPTIONS = 'ListOptions.meta.k8s.io ""';
const MATCH = 'resourceVersionMatch';

const READS: readonly [query: string, Refusal][] = [
  ['labelSelector=a%20in%20b', bad("unable to parse requirement: found 'b' expected: '('")],
  ['limit=abc', bad('strconv.ParseInt: parsing "abc": invalid syntax')],
  [
    'limit=1&continue=abc',
    bad("invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value"),
  ],
  [
    'resourceVersion=abc',
    bad(
      'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ),
  ],
  [
    `${MATCH}=Exact`,
    invalid(LIST_OPTIONS, MATCH, 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided'),
  ],
  [
    `${MATCH}=Foo&resourceVersion=1`,
    invalid(LIST_OPTIONS, MATCH, 'Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""'),
  ],
  [
    `${MATCH}=Exact&resourceVersion=0`,
    invalid(LIST_OPTIONS, MATCH, 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
  ],
  [
    `${MATCH}=Exact&resourceVersion=5&continue=abc&limit=1`,
    invalid(LIST_OPTIONS, MATCH, 'Forbidden: resourceVersionMatch is forbidden when continue is provided'),
  ],
  [
    'watch=1&sendInitialEvents=true',
    invalid(LIST_OPTIONS, MATCH, 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
  ],
  [
    `watch=1&${MATCH}=NotOlderThan`,
    invalid(
      LIST_OPTIONS,
      MATCH,
      'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ),
  ],
];

test.each(READS)('list or watch with %s', (query, refusal) => {
  const { request } = startTestServer();
  expect(request('GET', `${CONFIG_MAPS}?${query}`).body).toMatchObject({
    kind: 'Status',
    status: 'Failure',
    ...refusal,
  });
});

const WRITES: readonly [what: string, Method, url: string, body: unknown, headers: Record<string, string>, Refusal][] =
  [
    [
      'an operation that is none',
      'PATCH',
      CM,
      [{ op: 'frob', path: '/x' }],
      JSON_PATCH,
      bad('invalid operation {"op":"frob","path":"/x"}: unsupported operation'),
    ],
    [
      'a JSON patch that is no list',
      'PATCH',
      CM,
      { a: 1 },
      JSON_PATCH,
      bad('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'),
    ],
    [
      'a test that fails',
      'PATCH',
      CM,
      [{ op: 'test', path: '/data/a', value: 'q' }],
      JSON_PATCH,
      { code: 422, reason: 'Invalid', message: 'the server rejected our request due to an error in our request' },
    ],
    ['a patch cut off', 'PATCH', CM, '{', MERGE, bad('error decoding patch: unexpected end of JSON input')],
    [
      'another name',
      'PATCH',
      CM,
      { metadata: { name: 'x' } },
      MERGE,
      bad('the name of the object (x) does not match the name on the URL (c)'),
    ],
    [
      'an old revision',
      'PATCH',
      CM,
      { metadata: { resourceVersion: '1' } },
      MERGE,
      { code: 409, reason: 'Conflict', message: `Operation cannot be fulfilled on configmaps "c": ${MODIFIED}` },
    ],
    [
      'a manager too long',
      'POST',
      `${CONFIG_MAPS}?fieldManager=${'a'.repeat(129)}`,
      {},
      {},
      invalid('CreateOptions.meta.k8s.io ""', 'fieldManager', 'Too long: may not be more than 128 bytes'),
    ],
    [
      'a dry run of some kind',
      'POST',
      `${CONFIG_MAPS}?dryRun=foo`,
      {},
      {},
      invalid('CreateOptions.meta.k8s.io ""', 'dryRun', 'Unsupported value: ["foo"]: supported values: "All"'),
    ],
    [
      'an apply of nobody',
      'PATCH',
      CM,
      configMapNamed('c'),
      APPLY,
      invalid('PatchOptions.meta.k8s.io ""', 'fieldManager', 'Required value: is required for apply patch'),
    ],
    [
      'an apply that brings owners',
      'PATCH',
      `${CM}?fieldManager=m`,
      { ...configMapNamed('c'), metadata: { name: 'c', managedFields: [] } },
      APPLY,
      bad('metadata.managedFields must be nil'),
    ],
    [
      'an apply of what the schema does not know',
      'PATCH',
      `${DEPLOYMENTS}/d?fieldManager=m`,
      { ...deploymentNamed('d'), spec: { zzz: 1 } },
      APPLY,
      {
        code: 500,
        message:
          'failed to create typed patch object (/d; apps/v1, Kind=Deployment): .spec.zzz: field not declared in schema',
      },
    ],
    [
      'a policy that is none',
      'DELETE',
      `${CM}?propagationPolicy=Foo`,
      undefined,
      {},
      invalid(
        'DeleteOptions.meta.k8s.io ""',
        'propagationPolicy',
        'Unsupported value: "Foo": supported values: "Foreground", "Background", "Orphan", "nil"',
      ),
    ],
    [
      'an empty body',
      'POST',
      CONFIG_MAPS,
      '',
      { 'content-type': 'application/json' },
      bad(
        "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
      ),
    ],
    [
      'a list that is wanted as a page of the web',
      'GET',
      CONFIG_MAPS,
      undefined,
      { accept: 'text/html' },
      { code: 406, reason: 'NotAcceptable', message: PODS_ONLY_JSON },
    ],
  ];

test.each(WRITES)('%s', (_what, method, url, body, headers, refusal) => {
  const { request } = startTestServer();
  request('POST', CONFIG_MAPS, configMapNamed('c'));
  const answer = request(method, url, body, headers);
  expect(answer.status).toBe(refusal.code);
  expect(answer.body).toMatchObject({ kind: 'Status', status: 'Failure', ...refusal });
  if (refusal.reason === undefined) expect(answer.body.reason).toBeUndefined();
});
