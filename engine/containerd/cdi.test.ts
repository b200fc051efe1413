import { expect, test } from 'vitest';
import { testMachine } from '../linux/kernel/test-machine.ts';
import { withCdiDevices } from './cdi.ts';
import type { ContainerConfig } from './cri.ts';

const SPEC = `cdiVersion: 0.5.0
kind: example.com/dongle
devices:
- name: red
  containerEdits:
    deviceNodes: [{path: /dev/red, hostPath: /dev/dongle0}]
- name: blue
  containerEdits: {env: [COLOR=blue]}
containerEdits:
  mounts: [{hostPath: /opt/driver, containerPath: /driver, options: [ro]}]
`;

const CONFIG = { env: [{ name: 'A', value: '1' }], devices: [], mounts: [] } as unknown as ContainerConfig;

function machine(files: Readonly<Record<string, string>>) {
  const { root } = testMachine().host;
  root.mkdir('/etc/cdi');
  for (const [name, text] of Object.entries(files)) root.writeFile(`/etc/cdi/${name}`, text);
  return root;
}

test('a device brings its own edits, and those of all devices of its kind once', () => {
  const root = machine({ 'dongle.yaml': SPEC });
  expect(withCdiDevices(root, CONFIG, ['example.com/dongle=red', 'example.com/dongle=blue'])).toEqual({
    env: [
      { name: 'A', value: '1' },
      { name: 'COLOR', value: 'blue' },
    ],
    devices: [{ containerPath: '/dev/red', hostPath: '/dev/dongle0', permissions: 'rwm' }],
    mounts: [{ hostPath: '/opt/driver', containerPath: '/driver', readOnly: true }],
  });
  expect(withCdiDevices(root, CONFIG, [])).toBe(CONFIG);
});

test('what no file explains is refused, and files that make no sense are passed over', () => {
  const broken = { 'a.yaml': 'kind: [', 'b.json': '[1]', 'c.yaml': 'kind: x/y\ndevices: 3\n', 'd.txt': SPEC };
  const root = machine({ ...broken, 'dongle.yaml': SPEC });
  expect(() => withCdiDevices(root, CONFIG, ['example.com/dongle=green', 'x/y=z', 'nonsense'])).toThrow(
    'CDI device injection failed: unresolvable CDI devices example.com/dongle=green, x/y=z, nonsense',
  );
});
