import { expect, test } from 'vitest';
import type { ConfigMap, Pod } from '../../api/kinds.ts';
import { type Bed, CONFIG_MAPS, create, PODS, type Rule, register, start, webhook } from '../testing/webhook-bed.ts';

// After test/e2e/apimachinery/webhook.go: webhooks in a Pod, called by the API server through the cluster's own network.

function configMap(name: string, data: object) {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'marked' }, data });
}

const UNWANTED = { 'webhook-e2e-test': 'webhook-disallow' };

function pod(name: string, metadata: object = {}, spec: object = {}) {
  const containers = [
    { name: 'container1', image: 'registry.k8s.io/e2e-test-images/agnhost:2.59', args: ['pause'], stdin: true },
  ];
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'marked', ...metadata } };
  return JSON.stringify({ ...object, spec: { containers, terminationGracePeriodSeconds: 0, ...spec } });
}

test('Admission webhook, deny create', () => {
  const all = start();
  const { bed, server } = all;
  const timeoutSeconds = 10;
  register(
    all,
    'ValidatingWebhookConfiguration',
    'deny',
    webhook(server, '/pods', PODS, { timeoutSeconds: 3 }),
    webhook(server, '/configmaps', CONFIG_MAPS, { timeoutSeconds }),
  );

  const labelled = create(all, pod('disallowed-pod', { labels: UNWANTED }));
  expect(labelled.stderr).toContain(
    'admission webhook "pods.k8s.io" denied the request: the pod contains unwanted label',
  );
  const hanging = create(all, pod('hanging-pod', { labels: { 'webhook-e2e-test': 'wait-forever' } }));
  expect(hanging.stderr).toContain(
    'failed calling webhook "pods.k8s.io": failed to call webhook: Post "https://e2e-test-webhook.default.svc:8443/pods?timeout=3s": context deadline exceeded',
  );
  expect(bed.kubectlAnyway('get', 'pods', '-n', 'marked').stdout).toBe('');

  expect(create(all, configMap('bad', UNWANTED)).stderr).toContain('the configmap contains unwanted key and value');
  expect(create(all, configMap('good', { a: 'b' })).stdout).toBe('configmap/good created\n');
  // Neither by PUT nor by PATCH does it get in.
  const data = JSON.stringify({ data: UNWANTED });
  const patched = bed.kubectlAnyway('patch', 'configmap', 'good', '-n', 'marked', '--type=merge', '-p', data);
  expect(patched.stderr).toContain('denied the request: the configmap contains unwanted key and value');
  bed.cluster.submit({ kind: 'file.write', path: 'put.json', text: configMap('good', UNWANTED) });
  expect(bed.kubectlAnyway('replace', '-f', 'put.json').stderr).toContain('denied the request');
  // A namespace that is not meant takes it.
  expect(
    bed.kubectlAnyway('create', 'configmap', 'bad', '--from-literal=webhook-e2e-test=webhook-disallow').exitCode,
  ).toBe(0);
});

test('Admission webhook, deny attach', () => {
  const all = start();
  const { bed, server } = all;
  register(
    all,
    'ValidatingWebhookConfiguration',
    'attach',
    webhook(server, '/pods/attach', ['', ['v1'], 'pods/attach', ['CONNECT']]),
  );
  create(all, pod('to-be-attached-pod'));
  bed.until('the Pod runs', () => bed.podView('to-be-attached-pod', 'marked')?.status === 'Running');
  const { exitCode, stderr } = bed.kubectlAnyway('attach', 'to-be-attached-pod', '-n', 'marked', '-i', '-c=container1');
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("attaching to pod 'to-be-attached-pod' is not allowed");
});

test('Admission webhook, ordered mutation', () => {
  const all = start();
  const { bed, server } = all;
  // Of the same configuration, one after the other: the second sees what the first has added.
  const once: Rule = ['', ['v1'], 'configmaps', ['CREATE']];
  const more = (name: string) => ({ name: `${name}.k8s.io` });
  register(
    all,
    'MutatingWebhookConfiguration',
    'stages',
    webhook(server, '/mutating-configmaps', once, more('one')),
    webhook(server, '/mutating-configmaps', once, more('two')),
  );
  create(all, configMap('staged', { 'mutation-start': 'yes' }));
  expect(bed.get<ConfigMap>('configmap', 'staged', 'marked').data).toEqual({
    'mutation-start': 'yes',
    'mutation-stage-1': 'yes',
    'mutation-stage-2': 'yes',
  });
});

test('Admission webhook, mutation with defaulting', () => {
  const all = start();
  const { bed, server } = all;
  register(all, 'MutatingWebhookConfiguration', 'pods', webhook(server, '/mutating-pods', PODS));
  create(all, pod('webhook-to-be-mutated'));
  const [added] = bed.get<Pod>('pod', 'webhook-to-be-mutated', 'marked').spec.initContainers ?? [];
  expect(added).toMatchObject({
    name: 'webhook-added-init-container',
    image: 'webhook-added-image',
    // What the webhook has not said is filled in after it.
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'Always',
  });
});

test('Admission webhook, fail closed', () => {
  const all = start();
  const { server } = all;
  const unreachable = { service: { namespace: 'default', name: 'no-such-service', path: '/configmaps', port: 443 } };
  register(
    all,
    'ValidatingWebhookConfiguration',
    'closed',
    webhook(server, '/configmaps', CONFIG_MAPS, {
      clientConfig: unreachable,
      failurePolicy: 'Fail',
      name: 'fail-closed.k8s.io',
    }),
  );
  expect(create(all, configMap('foo', {})).stderr).toContain(
    'Error from server (InternalError): error when creating "object.json": Internal error occurred: failed calling webhook "fail-closed.k8s.io": failed to call webhook: Post "https://no-such-service.default.svc:443/configmaps?timeout=10s": service "no-such-service" not found',
  );
});

test('Admission webhook, honor timeout', () => {
  const all = start();
  const { bed, server } = all;
  const slow = (timeoutSeconds: number | undefined, failurePolicy: string) => {
    const more = { failurePolicy, name: 'slow.k8s.io', ...(timeoutSeconds && { timeoutSeconds }) };
    register(
      all,
      'ValidatingWebhookConfiguration',
      'slow',
      webhook(server, '/always-allow-delay-5s', CONFIG_MAPS, more),
    );
  };
  const timed = (name: string) => {
    const startedMs = bed.sim.nowMs;
    const outcome = create(all, configMap(name, { a: 'b' }));
    return { outcome, seconds: Math.floor((bed.sim.nowMs - startedMs) / 1000) };
  };
  slow(1, 'Fail');
  const short = timed('short');
  expect(short.seconds).toBe(1);
  expect(short.outcome.stderr).toContain('always-allow-delay-5s?timeout=1s": context deadline exceeded');
  slow(1, 'Ignore');
  expect(timed('ignored')).toMatchObject({ outcome: { exitCode: 0 }, seconds: 1 });
  slow(30, 'Fail');
  expect(timed('long')).toMatchObject({ outcome: { exitCode: 0 }, seconds: 5 });
  // Ten seconds unless told.
  slow(undefined, 'Fail');
  expect(timed('default')).toMatchObject({ outcome: { exitCode: 0 }, seconds: 5 });
});

test('Admission webhook, admission control not allowed on webhook configuration objects', () => {
  const all = start();
  const { bed, server } = all;
  const resources = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'];
  const rules = [
    { apiGroups: ['admissionregistration.k8s.io'], apiVersions: ['*'], operations: ['CREATE', 'DELETE'], resources },
  ];
  const everywhere = { rules, namespaceSelector: {} };
  register(all, 'ValidatingWebhookConfiguration', 'deny-all', webhook(server, '/always-deny', PODS, everywhere));
  register(all, 'MutatingWebhookConfiguration', 'mutate-all', webhook(server, '/add-label', PODS, everywhere));
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const) {
    register(all, kind, 'dummy', webhook(server, '/always-deny', ['', ['v1'], 'invalid', ['CREATE']]));
    expect(bed.get<ConfigMap>(kind, 'dummy').metadata.labels).toEqual({ e2e: 'webhooks' });
    expect(bed.kubectl('delete', kind, 'dummy')).toContain('deleted');
  }
});

test('Mutating Admission webhook, mutating webhook excluding object with specific name', () => {
  const all = start();
  const { bed, server } = all;
  const matchConditions = [{ name: 'not-skip-me', expression: "object.metadata.name != 'skip-me'" }];
  register(
    all,
    'MutatingWebhookConfiguration',
    'conditions',
    webhook(server, '/mutating-configmaps', ['', ['v1'], 'configmaps', ['CREATE']], { matchConditions }),
  );
  for (const name of ['skip-me', 'not-skip-me']) create(all, configMap(name, { 'mutation-start': 'yes' }));
  expect(bed.get<ConfigMap>('configmap', 'skip-me', 'marked').data).toEqual({ 'mutation-start': 'yes' });
  expect(bed.get<ConfigMap>('configmap', 'not-skip-me', 'marked').data).toHaveProperty('mutation-stage-1', 'yes');
});

type Verb = 'validating' | 'mutating';
const OF_VERB = {
  validating: { kind: 'ValidatingWebhookConfiguration', path: '/configmaps' },
  mutating: { kind: 'MutatingWebhookConfiguration', path: '/mutating-configmaps' },
} as const;

/** Whether the webhook has a say about a new ConfigMap. */
function hasSay(all: Bed, verb: Verb, name: string): boolean {
  const data = verb === 'validating' ? UNWANTED : { 'mutation-start': 'yes' };
  const { exitCode } = create(all, configMap(name, data));
  if (verb === 'validating') return exitCode !== 0;
  return Object.keys(all.bed.get<ConfigMap>('configmap', name, 'marked').data ?? {}).length > 1;
}

function update(verb: Verb): void {
  const all = start();
  const { bed, server } = all;
  const { kind, path } = OF_VERB[verb];
  const rule = (operations: string[]): Rule => ['', ['v1'], 'configmaps', operations];
  register(all, kind, 'changing', webhook(server, path, rule(['CREATE'])));
  expect(hasSay(all, verb, 'before')).toBe(true);
  // Updated to be about updates only,
  register(all, kind, 'changing', webhook(server, path, rule(['UPDATE'])));
  expect(hasSay(all, verb, 'between')).toBe(false);
  // and patched back.
  const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] }]);
  bed.kubectl('patch', kind, 'changing', '--type=json', '-p', patch);
  expect(hasSay(all, verb, 'after')).toBe(true);
}

function list(verb: Verb): void {
  const all = start();
  const { bed, server } = all;
  const { kind, path } = OF_VERB[verb];
  for (let index = 0; index < 3; index++)
    register(all, kind, `listed-${index}`, webhook(server, path, CONFIG_MAPS, { name: `listed-${index}.k8s.io` }));
  expect(bed.list(kind, '-l', 'e2e=webhooks')).toHaveLength(3);
  expect(hasSay(all, verb, 'while-listed')).toBe(true);
  bed.kubectl('delete', kind, '-l', 'e2e=webhooks');
  expect(bed.list(kind, '-l', 'e2e=webhooks')).toEqual([]);
  expect(hasSay(all, verb, 'when-gone')).toBe(false);
}

test('Admission webhook, update validating webhook', () => update('validating'));
test('Admission webhook, update mutating webhook', () => update('mutating'));
test('Admission webhook, list validating webhooks', () => list('validating'));
test('Admission webhook, list mutating webhooks', () => list('mutating'));
