import { expect, test } from 'vitest';
import type { Volume } from '../../api/kinds.ts';
import { IMAGE, output, podOf, sh, startNode } from '../testing/pod-runner.ts';

function show(emptyDir: NonNullable<Volume['emptyDir']>, script: string, runAsUser?: number): string {
  const container = { ...sh(script), volumeMounts: [{ name: 'v', mountPath: '/v' }] };
  const security = runAsUser === undefined ? {} : { securityContext: { runAsUser } };
  return output(startNode(), podOf(container, { volumes: [{ name: 'v', emptyDir }], ...security }));
}

// Upstream's tests look at the permission bits alone. A tmpfs has the sticky bit, too, from the start.
for (const [word, emptyDir, directoryMode] of [
  ['default', {}, '777'],
  ['tmpfs', { medium: 'Memory' }, '1777'],
] as const) {
  for (const [who, uid] of [
    ['root', undefined],
    ['non-root', 1001],
  ] as const) {
    test.each(['0644', '0666', '0777'])(`EmptyDir (${who},%s,${word})`, (mode) => {
      const script = `echo new > /v/file && chmod ${mode} /v/file && stat -c '%a %F' /v && stat -c %a /v/file && cat /v/file`;
      expect(show(emptyDir, script, uid)).toBe(`${directoryMode} directory\n${Number(mode)}\nnew\n`);
    });
  }
}

test('EmptyDir, medium default, volume mode default', () => {
  expect(show({}, 'stat -c %a /v')).toBe('777\n');
});

test('EmptyDir, medium memory, volume mode default', () => {
  expect(show({ medium: 'Memory' }, 'stat -c %a /v; grep " /v " /proc/mounts')).toMatch(/^1777\ntmpfs \/v tmpfs /);
});

test('EmptyDir, Shared volumes between containers', () => {
  const node = startNode();
  const volumeMounts = [{ name: 'v', mountPath: '/shared' }];
  node.run('pod', {
    restartPolicy: 'Never',
    volumes: [{ name: 'v', emptyDir: {} }],
    containers: [
      { name: 'main', image: IMAGE, ...sh('sleep 600'), volumeMounts },
      { name: 'sub', image: IMAGE, ...sh('echo Hello from the sub-container > /shared/file; sleep 600'), volumeMounts },
    ],
  });
  node.untilPhase('pod', 'Running');
  node.sim.runFor(1000);
  expect(node.execute('pod', 'main', ['cat', '/shared/file'])).toBe('Hello from the sub-container\n');
});

test('EmptyDir Wrapper Volume, Secret and ConfigMap volumes, no conflict', () => {
  const node = startNode();
  node.configMap('one', { a: 'config' });
  node.secret('one', { a: btoa('secret') });
  const volumes = [
    { name: 'c', configMap: { name: 'one' } },
    { name: 's', secret: { secretName: 'one' } },
  ];
  const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
  expect(output(node, podOf({ ...sh('cat /c/a /s/a'), volumeMounts }, { volumes }))).toBe('configsecret');
});

test('EmptyDir Wrapper Volume, ConfigMap volumes, no race', () => {
  const node = startNode();
  const names = Array.from({ length: 50 }, (_, index) => `race-${index}`);
  for (const name of names) node.configMap(name, { data: name });
  const volumes = names.map((name) => ({ name, configMap: { name } }));
  const volumeMounts = names.map((name) => ({ name, mountPath: `/${name}` }));
  for (let round = 0; round < 5; round++) {
    node.run(`pod-${round}`, podOf({ ...sh('cat /race-*/data | wc -c'), volumeMounts }, { volumes }));
    node.untilPhase(`pod-${round}`, 'Succeeded');
    expect(node.logs(`pod-${round}`, 'main').trim()).toBe(String(names.join('').length));
  }
});

const data = { 'data-1': 'configured' };

const SOURCES: Readonly<Record<string, Omit<Volume, 'name'>>> = {
  'a configmap volume.': { configMap: { name: 'source' } },
  'a secret volume.': { secret: { secretName: 'source' } },
  'a projected volume.': { projected: { sources: [{ configMap: { name: 'source' } }] } },
  'a downwardAPI volume.': { downwardAPI: { items: [{ path: 'data-1', fieldRef: { fieldPath: 'metadata.name' } }] } },
};

function subPath(source: Omit<Volume, 'name'>, mountPath: string): string {
  const node = startNode();
  node.configMap('source', data);
  node.secret('source', { 'data-1': btoa('configured') });
  const volumeMounts = [{ name: 'v', mountPath, subPath: 'data-1' }];
  return output(node, podOf({ ...sh(`cat ${mountPath}`), volumeMounts }, { volumes: [{ name: 'v', ...source }] }));
}

test.each(Object.entries(SOURCES))('SubPath: Reading content from %s', (_, source) => {
  expect(subPath(source, '/test/file')).toBe(source.downwardAPI === undefined ? 'configured' : 'pod');
});

test('SubPath: Reading content from a configmap volume. (mountPath of existing file)', () => {
  expect(subPath(SOURCES['a configmap volume.']!, '/etc/resolv.conf')).toBe('configured');
});
