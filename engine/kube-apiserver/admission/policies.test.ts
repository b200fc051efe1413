import { expect, test } from 'vitest';
import { type Body, DEPLOYMENTS, deploymentNamed, MERGE, startTestServer } from '../testing/test-server.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const ON_DEPLOYMENTS = {
  resourceRules: [
    { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] },
  ],
};

function start(policy: object, binding: object = {}, kind = 'ValidatingAdmissionPolicy') {
  const server = startTestServer();
  const plural = `${kind.toLowerCase().replace(/y$/, '')}`;
  const created = server.request('POST', `${GROUP}/${plural}ies`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'limit' },
    spec: { matchConstraints: ON_DEPLOYMENTS, ...policy },
  });
  expect(created.body).toMatchObject({ kind });
  const bound = server.request('POST', `${GROUP}/${plural}ybindings`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}Binding`,
    metadata: { name: 'limit-here' },
    spec: { policyName: 'limit', ...(kind.startsWith('V') ? { validationActions: ['Deny'] } : {}), ...binding },
  });
  expect(bound.status).toBe(201);
  return server;
}

const SMALL = { validations: [{ expression: 'object.spec.replicas <= 5' }] };

test('a policy denies what its expressions refuse, and lets all else through', () => {
  const { request } = start(SMALL);
  const { status, body } = request('POST', DEPLOYMENTS, deploymentNamed('big', 6));
  expect(status).toBe(422);
  expect(body).toMatchObject({
    reason: 'Invalid',
    message:
      "deployments.apps \"big\" is forbidden: ValidatingAdmissionPolicy 'limit' with binding 'limit-here' denied " +
      'request: failed expression: object.spec.replicas <= 5',
  });
  expect(request('POST', DEPLOYMENTS, deploymentNamed('small', 5)).status).toBe(201);
  expect(request('PATCH', `${DEPLOYMENTS}/small`, { spec: { replicas: 9 } }, MERGE).status).toBe(422);
  expect(request('PATCH', `${DEPLOYMENTS}/small`, { metadata: { labels: { a: 'b' } } }, MERGE).status).toBe(200);
});

test('messages, reasons and variables', () => {
  const { request } = start({
    variables: [
      { name: 'replicas', expression: 'object.spec.replicas' },
      { name: 'double', expression: 'variables.replicas * 2' },
    ],
    validations: [
      {
        expression: 'variables.double < 10',
        message: 'too many',
        messageExpression: '"twice " + string(variables.replicas) + " is too many"',
        reason: 'Forbidden',
      },
    ],
  });
  const { status, body } = request('POST', DEPLOYMENTS, deploymentNamed('big', 6));
  expect(status).toBe(403);
  expect(body.message).toMatch(/denied request: twice 6 is too many$/);
});

test('a binding may only warn', () => {
  const { request } = start(SMALL, { validationActions: ['Warn'] });
  const { status, headers } = request('POST', DEPLOYMENTS, deploymentNamed('big', 6));
  expect(status).toBe(201);
  expect(headers?.['warning']).toContain(
    "Validation failed for ValidatingAdmissionPolicy 'limit' with binding 'limit-here': failed expression",
  );
});

test('an error denies by a policy that fails closed, and not by one that ignores', () => {
  const validations = [{ expression: 'object.spec.nothing.here > 1' }];
  const closed = start({ validations }).request('POST', DEPLOYMENTS, deploymentNamed('a'));
  expect(closed.body.message).toContain(
    "expression 'object.spec.nothing.here > 1' resulted in error: no such key: nothing",
  );
  const open = start({ validations, failurePolicy: 'Ignore' }).request('POST', DEPLOYMENTS, deploymentNamed('a'));
  expect(open.status).toBe(201);
});

test('conditions and selectors narrow down what a policy is about', () => {
  const { request } = start(
    { ...SMALL, matchConditions: [{ name: 'not-mine', expression: "request.userInfo.username != 'me'" }] },
    { matchResources: { objectSelector: { matchLabels: { checked: 'yes' } } } },
  );
  const big = deploymentNamed('big', 6);
  expect(request('POST', DEPLOYMENTS, big).status).toBe(201);
  const labelled = { ...deploymentNamed('other', 6), metadata: { name: 'other', labels: { checked: 'yes' } } };
  expect(request('POST', DEPLOYMENTS, labelled, {}, { username: 'me', groups: [] }).status).toBe(201);
  expect(request('POST', DEPLOYMENTS, { ...labelled, metadata: { ...labelled.metadata, name: 'third' } }).status).toBe(
    422,
  );
});

test('parameters come from an object of the kind that the policy names', () => {
  const { request } = start(
    {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      validations: [{ expression: 'object.spec.replicas <= int(params.data.max)' }],
    },
    { paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' } },
  );
  expect(request('POST', DEPLOYMENTS, deploymentNamed('a', 3)).body.message).toContain(
    'no params found for policy binding with `Deny` parameterNotFoundAction',
  );
  const limits = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'limits' }, data: { max: '3' } };
  request('POST', '/api/v1/namespaces/default/configmaps', limits);
  expect(request('POST', DEPLOYMENTS, deploymentNamed('a', 3)).status).toBe(201);
  expect(request('POST', DEPLOYMENTS, deploymentNamed('b', 4)).status).toBe(422);
});

test('an expression that does not compile is refused with the policy', () => {
  const { request } = startTestServer();
  const { status, body } = request('POST', `${GROUP}/validatingadmissionpolicies`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'bad' },
    spec: { matchConstraints: ON_DEPLOYMENTS, validations: [{ expression: 'subject.spec == 1' }] },
  });
  expect(status).toBe(422);
  expect(body.message).toContain("undeclared reference to 'subject' (in container '')");
});

const MUTATING = 'MutatingAdmissionPolicy';

test.each([
  [
    'an apply configuration',
    {
      patchType: 'ApplyConfiguration',
      applyConfiguration: {
        expression:
          'Object{metadata: Object.metadata{labels: {"by": "policy"}}, spec: Object.spec{minReadySeconds: 7}}',
      },
    },
  ],
  [
    'a JSON patch',
    {
      patchType: 'JSONPatch',
      jsonPatch: {
        expression:
          '[JSONPatch{op: "add", path: "/metadata/labels", value: {"by": "policy"}}, JSONPatch{op: "add", path: "/spec/minReadySeconds", value: 7}]',
      },
    },
  ],
])('a mutation by %s', (_, mutation: Body) => {
  const { request } = start({ mutations: [mutation], reinvocationPolicy: 'Never' }, {}, MUTATING);
  const { status, body } = request('POST', DEPLOYMENTS, deploymentNamed('a'));
  expect(status).toBe(201);
  expect(body).toMatchObject({ metadata: { labels: { by: 'policy' } }, spec: { minReadySeconds: 7, replicas: 2 } });
});

test('a policy that wants to sees the object again after another has changed it', () => {
  const { request } = startTestServer();
  const apply = (name: string, expression: string, reinvocationPolicy: string): void => {
    const mutations = [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }];
    const apiVersion = 'admissionregistration.k8s.io/v1';
    const spec = { matchConstraints: ON_DEPLOYMENTS, mutations, reinvocationPolicy };
    const policy = { apiVersion, kind: MUTATING, metadata: { name }, spec };
    expect(request('POST', `${GROUP}/mutatingadmissionpolicies`, policy).status).toBe(201);
    const binding = { apiVersion, kind: `${MUTATING}Binding`, metadata: { name }, spec: { policyName: name } };
    expect(request('POST', `${GROUP}/mutatingadmissionpolicybindings`, binding).status).toBe(201);
  };
  const seen = 'has(object.metadata.labels) && "late" in object.metadata.labels ? "yes" : "no"';
  const note = (name: string) => `Object{metadata: Object.metadata{annotations: {"${name}": ${seen}}}}`;
  apply('a-again', note('again'), 'IfNeeded');
  apply('b-once', note('once'), 'Never');
  apply('c-late', 'Object{metadata: Object.metadata{labels: {"late": "yes"}}}', 'Never');
  const { body } = request('POST', DEPLOYMENTS, deploymentNamed('a'));
  expect(body.metadata.annotations).toEqual({ again: 'yes', once: 'no' });
});

/** What the trace says of annotations for an audit log, and of whom. */
function audited({ sim }: ReturnType<typeof startTestServer>): readonly string[] {
  return sim.trace.entries
    .filter(({ kind }) => kind === 'request.audit')
    .map(({ subject, detail, activity }) => `${activity?.user}: ${subject}=${detail}`);
}

test('what is to be audited is in the trace, with who did it', () => {
  const server = start(
    {
      validations: [{ expression: 'object.spec.replicas <= 5', message: 'too many' }],
      auditAnnotations: [
        { key: 'replicas', valueExpression: "'asked for ' + string(object.spec.replicas)" },
        { key: 'nothing', valueExpression: 'null' },
      ],
    },
    { validationActions: ['Audit'] },
  );
  const jane = { username: 'jane', groups: [] };
  expect(server.request('POST', DEPLOYMENTS, deploymentNamed('big', 6), undefined, jane).status).toBe(201);
  expect(audited(server)).toEqual([
    'jane: limit/replicas=asked for 6',
    'jane: validation.policy.admission.k8s.io/validation_failure=[{"message":"too many","policy":"limit",' +
      '"binding":"limit-here","expressionIndex":"0","validationActions":["Audit"]}]',
  ]);
});

test('an annotation that cannot be made refuses, unless the policy may fail', () => {
  const auditAnnotations = [{ key: 'team', valueExpression: 'object.metadata.labels.team' }];
  for (const [failurePolicy, status] of [
    ['Fail', 422],
    ['Ignore', 201],
  ] as const) {
    const server = start({ failurePolicy, auditAnnotations });
    const { status: given, body } = server.request('POST', DEPLOYMENTS, deploymentNamed('a', 1));
    expect(given).toBe(status);
    if (failurePolicy === 'Fail')
      expect(body.message).toContain("valueExpression 'object.metadata.labels.team' resulted in error: ");
    expect(audited(server)).toEqual([]);
  }
});
