import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../configuration.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

const { imageGc } = DEFAULT_CONFIGURATION;
const Mi = 1024 * 1024;
const OLD = 'docker.io/library/tools-two:2';

const names = (node: NodeFixture) => node.containerd.listImages().flatMap(({ repoTags }) => repoTags);

/** A node on which one image was used once, and another is in use. */
function usedOnce(configuration: object, diskBytes?: number): NodeFixture {
  const node = new NodeFixture({ configuration, ...(diskBytes === undefined ? {} : { diskBytes }) });
  const main = { name: 'main', image: 'tools-two:2', command: ['exit', '0'] };
  node.run('once', { restartPolicy: 'Never', containers: [main] });
  node.untilPhase('once', 'Succeeded');
  node.delete('once', 0);
  node.run('stay', { containers: [{ name: 'main', image: 'tools:1' }] });
  node.untilReady('stay');
  return node;
}

test('an image that nobody has used for long goes, if that is configured', () => {
  const node = usedOnce({ imageGc: { ...imageGc, maximumAgeMs: 600_000 } });
  node.sim.runFor(590_000);
  expect(names(node)).toContain(OLD);
  node.sim.runFor(900_000);
  expect(names(node)).not.toContain(OLD);
  expect(names(node)).toContain('docker.io/library/tools:1');
});

test('a disk that gets full makes unused images go; who finds too little says so', () => {
  const almost = { ...imageGc, highThresholdPercent: 10, lowThresholdPercent: 1 };
  const node = usedOnce({ imageGc: almost, eviction: { hard: {} } }, 1000 * Mi);
  expect(names(node)).toContain(OLD);
  node.sim.runFor(601_000);
  expect(names(node)).not.toContain(OLD);
  expect(node.events('node-1')).toContainEqual(
    expect.stringMatching(
      /^FreeDiskSpaceFailed: Failed to garbage collect required amount of images\. Attempted to free \d+ bytes, but only found \d+ bytes eligible to free\.$/,
    ),
  );
});
