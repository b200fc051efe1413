import { expect, test } from 'vitest';
import { decode } from '../../linux/stdio.ts';
import { parseConfiguration } from '../read-configuration.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';

function startPrinting(lines: number, logs: { maxSize?: string; maxFiles?: number } = {}): NodeFixture {
  const node = new NodeFixture({
    configuration: { logs: { maxSize: '200', maxFiles: 3, monitorIntervalMs: 10_000, ...logs } },
  });
  node.run('web', { containers: [{ name: 'main', image: IMAGE, command: ['count', String(lines)] }] });
  node.untilReady('web');
  return node;
}

/** The names in the container's log directory. */
function files(node: NodeFixture): string[] {
  const { uid } = node.pod('web').metadata;
  return node.host.root.readdir(`/var/log/pods/default_web_${uid}/main`).map(({ name }) => name);
}

test('a log that has grown too large gets the time as its name, and only the newest few are kept', () => {
  const node = startPrinting(1000);
  node.sim.runFor(15_000);
  const [current, ...old] = files(node);
  expect(current).toBe('0.log');
  expect(old).toHaveLength(1);
  expect(old[0]).toMatch(/^0\.log\.20260112-0900[0-5]0$/);
  node.sim.runFor(100_000);
  expect(files(node)).toHaveLength(3);
  expect(files(node)).not.toContain(old[0]);
});

test('kubectl logs reads the file that is written, as the real kubelet does', () => {
  const node = startPrinting(1000);
  node.sim.runFor(60_000);
  const lines = node.logs('web', 'main').trim().split('\n');
  expect(lines.length).toBeLessThan(12);
  expect(lines.at(-1)).toBe(String(1000 - 30));
});

test('a negative size means that nothing is rotated', () => {
  const node = startPrinting(1000, { maxSize: '-1' });
  node.sim.runFor(60_000);
  expect(files(node)).toEqual(['0.log']);
});

test('each container has a link that tells whose log it is, as long as there is the container', () => {
  const node = startPrinting(3);
  const links = (): string[] => node.host.root.readdir('/var/log/containers').map(({ name }) => name);
  const id = node.pod('web').status?.containerStatuses?.[0]?.containerID?.slice('containerd://'.length);
  expect(links()).toEqual([`web_default_main-${id}.log`]);
  expect(decode(node.host.root.readFile(`/var/log/containers/${links()[0]}`))).toContain(' stdout F 3\n');
  node.delete('web');
  node.until(() => node.findPod('web') === undefined, 60_000);
  node.sim.runFor(5000);
  expect(links()).toEqual([]);
});

test('a configuration that makes no sense keeps the kubelet from starting', () => {
  const parse = (fields: string) =>
    parseConfiguration(`apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${fields}`);
  expect(parse('containerLogMaxSize: 2Mi\ncontainerLogMaxFiles: 2').logs).toMatchObject({
    maxSize: '2Mi',
    maxFiles: 2,
  });
  expect(() => parse('containerLogMaxFiles: 1')).toThrow('invalid MaxFiles 1, must be > 1');
  expect(() => parse('containerLogMaxSize: large')).toThrow('failed to parse container log max size "large"');
  expect(() => parse('containerLogMonitorInterval: 1s')).toThrow('greater than or equal to 3s');
});

test('with the last but one instance of a container its log goes', () => {
  const node = new NodeFixture();
  node.run('web', { containers: [{ name: 'main', image: IMAGE, command: ['count', '1'] }] });
  node.until(() => (node.findPod('web')?.status?.containerStatuses?.[0]?.restartCount ?? 0) >= 3, 120_000);
  expect(files(node)).toEqual(['2.log', '3.log']);
});
