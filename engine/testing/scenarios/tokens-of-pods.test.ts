import { beforeAll, expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// What a Pod can do with its token, and others to know it by.

let bed: Testbed;

beforeAll(() => {
  bed = new Testbed({ workers: [{}] });
});

test('a token for somebody else, and one that was changed, are not believed', () => {
  const args = ['test-service-account-issuer-discovery', '--token-path', '/token', '--audience', 'somebody'];
  const check = (token: string): string => {
    const image = 'registry.k8s.io/e2e-test-images/agnhost:2.59';
    const spec = {
      containers: [
        { name: 'c', image, command: ['sh', '-c', `printf %s '${token}' > /token; /agnhost ${args.join(' ')} 2>&1`] },
      ],
      restartPolicy: 'Never',
    };
    bed.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'checker' }, spec }));
    bed.pass(10);
    const log = bed.kubectl('logs', 'checker');
    bed.kubectl('delete', 'pod', 'checker', '--force', '--grace-period=0');
    bed.pass(2);
    return log;
  };
  const token = bed.kubectl('create', 'token', 'default', '--audience=somebody').trim();
  expect(check(token)).toContain('OK: Validated signature on JWT');
  const [header, claims, signature] = token.split('.') as [string, string, string];
  const forged = Buffer.from(Buffer.from(claims, 'base64url').toString().replace(':default:default', ':default:admin'));
  expect(check(`${header}.${forged.toString('base64url')}.${signature}`)).toContain(
    'failed to verify id token signature',
  );
  expect(check(bed.kubectl('create', 'token', 'default', '--audience=another').trim())).toContain(
    'oidc: expected audience "somebody" got ["another"]',
  );
});

// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#without-using-a-proxy
test('a Pod asks the API server over TLS with curl', () => {
  const container = { name: 'c', image: 'curlimages/curl:8.10.1', command: ['sleep', '100000'] };
  bed.apply(
    JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'curl' }, spec: { containers: [container] } }),
  );
  bed.untilReady('curl');
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  const curl = (path: string, more = '') =>
    bed.kubectl('exec', 'curl', '--', 'sh', '-c', `curl -s ${more} https://kubernetes.default.svc${path} 2>&1; true`);
  const known = `--cacert ${account}/ca.crt -H "Authorization: Bearer $(cat ${account}/token)"`;
  expect(JSON.parse(curl('/api', known))).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
  expect(curl('/api/v1/namespaces/default/pods', known)).toContain(
    'pods is forbidden: User \\"system:serviceaccount:default:default\\" cannot list resource \\"pods\\"',
  );
  bed.kubectl('create', 'rolebinding', 'view', '--clusterrole=view', '--serviceaccount=default:default');
  const { items } = JSON.parse(curl('/api/v1/namespaces/default/pods?labelSelector=!none', known));
  expect(items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toContain('curl');
  // Without the CA nobody knows the server, and without a token the server knows nobody.
  expect(curl('/api', '-S')).toContain('unable to get local issuer certificate');
  expect(curl('/api', '-k')).toContain('User \\"system:anonymous\\" cannot get path \\"/api\\"');
  expect(curl('/version', '-k')).toContain('"gitVersion": "v1.36.2"');
  expect(curl('/healthz', `-k -o /dev/null -w '%{http_code} %{content_type}'`)).toMatch(/^200 text\/plain/);
});

// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
test('a Pod watches through the Service kubernetes for as long as it listens', () => {
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  const inPod = (script: string) => bed.kubectl('exec', 'curl', '--', 'sh', '-c', script);
  const curl = `curl -sN --cacert ${account}/ca.crt -H "Authorization: Bearer $(cat ${account}/token)"`;
  const configMaps = 'https://kubernetes.default.svc/api/v1/namespaces/default/configmaps';
  inPod(`${curl} "${configMaps}?watch=1&fieldSelector=metadata.name=watched" > /tmp/events & echo $! > /tmp/watch`);
  bed.pass(2);
  expect(inPod('cat /tmp/events')).toBe('');
  bed.kubectl('create', 'configmap', 'watched', '--from-literal=a=1');
  bed.pass(2);
  const events = () =>
    inPod('cat /tmp/events')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  expect(events()).toMatchObject([{ type: 'ADDED', object: { kind: 'ConfigMap', data: { a: '1' } } }]);
  bed.kubectl('delete', 'configmap', 'watched');
  bed.pass(2);
  expect(events().map(({ type }: { readonly type: string }) => type)).toEqual(['ADDED', 'DELETED']);
  // The server's child that serves the watch goes with its client.
  const servers = () => bed.run('control-plane', 'pgrep', '-c', 'kube-apiserver').stdout.trim();
  expect(servers()).toBe('2');
  inPod('kill $(cat /tmp/watch)');
  bed.pass(2);
  expect(servers()).toBe('1');
  expect(inPod(`${curl} "${configMaps}?watch=1&fieldSelector=metadata.name=none&timeoutSeconds=2"; echo $?`)).toBe(
    '0\n',
  );
});

test('a Pod follows the log of another', () => {
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  const inPod = (script: string) => bed.kubectl('exec', 'curl', '--', 'sh', '-c', script);
  bed.kubectl('run', 'talker', '--image=busybox:1.36', '--', 'sh', '-c', 'while true; do echo hello; sleep 5; done');
  bed.untilReady('talker');
  const curl = `curl -sN -m 12 --cacert ${account}/ca.crt -H "Authorization: Bearer $(cat ${account}/token)"`;
  const followed = inPod(
    `${curl} "https://kubernetes.default.svc/api/v1/namespaces/default/pods/talker/log?follow=true&sinceSeconds=1"; echo $?`,
  );
  expect(followed).toMatch(/^(hello\n){2,3}28\n$/);
  // What is there is told and done with; of a Pod that is nowhere yet there is nothing.
  bed.apply(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'nowhere' },
      spec: { nodeSelector: { none: 'such' }, containers: [{ name: 'c', image: 'busybox:1.36' }] },
    }),
  );
  const log = (pod: string, more: string) =>
    inPod(
      `${curl} -w '%{http_code}' "https://kubernetes.default.svc/api/v1/namespaces/default/pods/${pod}/log${more}"`,
    );
  expect(log('talker', '?limitBytes=6')).toBe('hello\n200');
  expect(log('nowhere', '')).toBe('204');
});
