import { expect, test } from 'vitest';
import {
  type Body,
  DEPLOYMENTS,
  deploymentNamed,
  MERGE,
  startTestServer,
} from '../../kube-apiserver/testing/test-server.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const RULES = [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }];

function object(kind: string, name: string, more: Body): Body {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return { apiVersion, kind, metadata: { name, labels: { e2e: 'admission' } }, ...more };
}

function policy(name: string, spec: object) {
  return object('ValidatingAdmissionPolicy', name, { spec: { matchConstraints: { resourceRules: RULES }, ...spec } });
}

function binding(name: string) {
  const spec = { policyName: name, validationActions: ['Deny'] };
  return object('ValidatingAdmissionPolicyBinding', `${name}-binding`, { spec });
}

test('ValidatingAdmissionPolicy (validate a Deployment)', () => {
  const { request } = startTestServer();
  const validations = [
    {
      expression: 'object.spec.replicas > 1',
      messageExpression: "'wants replicas > 1, got ' + string(object.spec.replicas)",
    },
    {
      expression: 'namespaceObject.metadata.name == "default"',
      message: 'Internal error! Other namespace should not be allowed.',
    },
  ];
  request('POST', `${GROUP}/validatingadmissionpolicies`, policy('p', { validations }));
  request('POST', `${GROUP}/validatingadmissionpolicybindings`, binding('p'));
  expect(request('POST', DEPLOYMENTS, deploymentNamed('one', 1)).body.message).toContain('wants replicas > 1, got 1');
  expect(request('POST', DEPLOYMENTS, deploymentNamed('two', 2)).status).toBe(201);
});

test('ValidatingAdmissionPolicy (variables)', () => {
  const { request } = startTestServer();
  const variables = [
    { name: 'replicas', expression: 'object.spec.replicas' },
    { name: 'oddReplicas', expression: 'variables.replicas % 2 == 1' },
  ];
  const validations = [{ expression: 'variables.replicas > 1' }, { expression: 'variables.oddReplicas' }];
  request('POST', `${GROUP}/validatingadmissionpolicies`, policy('p', { variables, validations }));
  request('POST', `${GROUP}/validatingadmissionpolicybindings`, binding('p'));
  expect(request('POST', DEPLOYMENTS, deploymentNamed('even', 2)).status).toBe(422);
  expect(request('POST', DEPLOYMENTS, deploymentNamed('odd', 3)).status).toBe(201);
});

/** Creates, reads, lists, changes and deletes, as a client does that knows nothing of the kind. */
function exerciseApi(path: string, make: (name: string) => Body, change: object): void {
  const { request, watch, sim } = startTestServer();
  const selected = `${path}?labelSelector=e2e%3Dadmission`;
  const { lines } = watch(`${selected}&watch=1`);
  for (const name of ['a', 'b', 'c']) expect(request('POST', path, make(name)).status).toBe(201);
  expect(request('GET', `${path}/a`).body.metadata.name).toBe('a');
  expect(request('GET', selected).body.items).toHaveLength(3);
  const patched = request('PATCH', `${path}/a`, { metadata: { annotations: { patched: 'true' } } }, MERGE);
  expect(patched.body.metadata.annotations).toEqual({ patched: 'true' });
  const updated = request('PUT', `${path}/a`, {
    ...patched.body,
    metadata: { ...patched.body.metadata, annotations: { updated: 'true' } },
  });
  expect(updated.body.metadata.annotations).toEqual({ updated: 'true' });
  expect(request('PATCH', `${path}/b`, change, MERGE).status).toBe(200);
  request('DELETE', `${path}/a`);
  expect(request('GET', `${path}/a`).status).toBe(404);
  request('DELETE', selected);
  expect(request('GET', selected).body.items).toEqual([]);
  sim.runFor(1_000);
  expect(lines.filter((line) => line.startsWith('DELETED'))).toHaveLength(3);
}

test('ValidatingAdmissionPolicy API', () => {
  const make = (name: string) => policy(name, { validations: [{ expression: 'object.spec.replicas <= 100' }] });
  exerciseApi(`${GROUP}/validatingadmissionpolicies`, make, { spec: { failurePolicy: 'Ignore' } });
});

test('ValidatingAdmissionPolicyBinding API', () => {
  const make = (name: string) => ({ ...binding(name), metadata: { name, labels: { e2e: 'admission' } } });
  exerciseApi(`${GROUP}/validatingadmissionpolicybindings`, make, { spec: { validationActions: ['Warn'] } });
});

function webhooks(kind: string, expression: string) {
  const webhook = {
    name: 'check.example.com',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    clientConfig: { url: 'https://example.com/check' },
    rules: RULES,
    matchConditions: [{ name: 'expression-1', expression }],
  };
  return object(kind, 'hooks', { webhooks: [webhook] });
}

function exerciseMatchConditions(kind: string): void {
  const { request } = startTestServer();
  const path = `${GROUP}/${kind.toLowerCase()}s`;
  const created = request('POST', path, webhooks(kind, "object.metadata.name == 'a'"));
  expect(created.body.webhooks[0].matchConditions).toHaveLength(1);
  const next = webhooks(kind, "object.metadata.name == 'b'").webhooks;
  const updated = request('PUT', `${path}/hooks`, { ...created.body, webhooks: next });
  expect(updated.body.webhooks[0].matchConditions[0].expression).toBe("object.metadata.name == 'b'");
  expect(request('GET', `${path}/hooks`).body.webhooks[0].matchConditions).toEqual(next[0]!.matchConditions);
}

function refuseMatchConditions(kind: string): void {
  const { request } = startTestServer();
  const { status, body } = request('POST', `${GROUP}/${kind.toLowerCase()}s`, webhooks(kind, '... [] bad expression'));
  expect(status).toBe(422);
  expect(body.message).toContain('compilation failed');
}

test('Mutating Admission webhook, create and update mutating webhook configuration with matchConditions', () => {
  exerciseMatchConditions('MutatingWebhookConfiguration');
});

test('Validating Admission webhook, create and update validating webhook configuration with matchConditions', () => {
  exerciseMatchConditions('ValidatingWebhookConfiguration');
});

test('Mutating Admission webhook, reject mutating webhook configurations with invalid matchConditions', () => {
  refuseMatchConditions('MutatingWebhookConfiguration');
});

test('Validating Admission webhook, reject validating webhook configurations with invalid matchConditions', () => {
  refuseMatchConditions('ValidatingWebhookConfiguration');
});

test('Admission webhook, discovery document', () => {
  const { request } = startTestServer();
  const groups = request('GET', '/apis').body.groups;
  const group = groups.find(({ name }: Body) => name === 'admissionregistration.k8s.io');
  expect(group.versions).toContainEqual({ groupVersion: 'admissionregistration.k8s.io/v1', version: 'v1' });
  const names = request('GET', GROUP).body.resources.map(({ name }: Body) => name);
  expect(names).toEqual(expect.arrayContaining(['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']));
});
