import { expect, test } from 'vitest';
import { services } from '../../api/resources.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';

test('variables come from ConfigMaps, Secrets, Services and files, and from one another', () => {
  const node = new NodeFixture();
  node.configMap('settings', { COLOUR: 'red', '1st': 'any key is a name' });
  node.secret('keys', { PASSWORD: btoa('s3cret') });
  const ports = [{ name: 'http-web', port: 80, protocol: 'TCP' as const }];
  const metadata = { name: 'my-web', namespace: 'default' };
  node.client.resource(services).create({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports } });
  node.sim.runFor(100);
  node.run('all', {
    restartPolicy: 'Never',
    volumes: [{ name: 'out', emptyDir: {} }],
    initContainers: [
      {
        name: 'writer',
        image: IMAGE,
        command: ['put', '/out/vars', "# made here\nTOKEN='a\nb' # two lines\n"],
        volumeMounts: [{ name: 'out', mountPath: '/out' }],
      },
    ],
    containers: [
      {
        name: 'main',
        image: IMAGE,
        command: ['env'],
        envFrom: [
          { prefix: 'C_', configMapRef: { name: 'settings' } },
          { secretRef: { name: 'keys' } },
          { secretRef: { name: 'none', optional: true } },
        ],
        env: [
          { name: 'URL', value: 'http://$(MY_WEB_SERVICE_HOST)/$(C_COLOUR)/$(NOBODY)/$$(URL)' },
          { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'keys', key: 'PASSWORD' } } },
          { name: 'MAYBE', valueFrom: { secretKeyRef: { name: 'keys', key: 'none', optional: true } } },
          { name: 'TOKEN', valueFrom: { fileKeyRef: { volumeName: 'out', path: 'vars', key: 'TOKEN' } } },
        ],
      },
    ],
  });
  node.untilPhase('all', 'Succeeded');
  const ip = node.client.resource(services).get('my-web', 'default').spec.clusterIP;
  const lines = node.logs('all', 'main');
  for (const line of [
    'C_1st=any key is a name',
    'PASSWORD=s3cret',
    'TOKEN=a\nb',
    `URL=http://${ip}/red/$(NOBODY)/$(URL)`,
    `MY_WEB_SERVICE_PORT_HTTP_WEB=80`,
    `MY_WEB_PORT_80_TCP_ADDR=${ip}`,
    `MY_WEB_PORT=tcp://${ip}:80`,
  ]) {
    expect(lines).toContain(`${line}\n`);
  }
  expect(lines).not.toContain('MAYBE');
});

test('enableServiceLinks: false leaves Services out', () => {
  const node = new NodeFixture();
  const metadata = { name: 'web', namespace: 'default' };
  node.client
    .resource(services)
    .create({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } });
  node.sim.runFor(100);
  const containers = [{ name: 'main', image: IMAGE, command: ['env'] }];
  node.run('quiet', { restartPolicy: 'Never', enableServiceLinks: false, containers });
  node.untilPhase('quiet', 'Succeeded');
  expect(node.logs('quiet', 'main')).not.toContain('WEB_');
});

test.each([
  [{ secretKeyRef: { name: 'none', key: 'a' } }, 'secret "none" not found'],
  [{ secretKeyRef: { name: 'keys', key: 'a' } }, "couldn't find key a in Secret default/keys"],
  [{ configMapKeyRef: { name: 'none', key: 'a' } }, 'configmap "none" not found'],
])('a reference to nothing keeps the container from being made: %j', (valueFrom, message) => {
  const node = new NodeFixture();
  node.secret('keys', { b: btoa('x') });
  node.run('bad', { containers: [{ name: 'main', image: IMAGE, env: [{ name: 'A', valueFrom }] }] });
  node.until(() => node.events('bad').some((event) => event.startsWith('Failed')), 5000);
  expect(node.pod('bad').status?.containerStatuses?.[0]?.state?.waiting).toEqual({
    reason: 'CreateContainerConfigError',
    message,
  });
  expect(node.events('bad').at(-1)).toBe(`Failed: Error: ${message}`);
});
