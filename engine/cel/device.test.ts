import { expect, test } from 'vitest';
import { DeviceSelectors } from './device.ts';

const T4 = {
  name: 'gpu-0',
  attributes: {
    type: { string: 'gpu' },
    index: { int: 0 },
    healthy: { bool: true },
    driverVersion: { version: '580.95.5' },
    'resource.kubernetes.io/pcieRoot': { string: 'pci0000:00' },
  },
  capacity: { memory: { value: '15360Mi' } },
};
const selectors = new DeviceSelectors();
const holds = (expression: string) => selectors.matches(expression, 'gpu.nvidia.com', T4);

test.each([
  [`device.driver == 'gpu.nvidia.com' && device.attributes['gpu.nvidia.com'].type == 'gpu'`, true],
  [`device.attributes['gpu.nvidia.com'].type == 'mig'`, false],
  [`device.attributes['gpu.nvidia.com'].index == 0 && device.attributes['gpu.nvidia.com'].healthy`, true],
  [`device.attributes['gpu.nvidia.com'].driverVersion.isGreaterThan(semver('570.0.0'))`, true],
  [`device.attributes['resource.kubernetes.io'].pcieRoot == 'pci0000:00'`, true],
  [`device.capacity['gpu.nvidia.com'].memory.compareTo(quantity('10Gi')) >= 0`, true],
  [`device.capacity['gpu.nvidia.com'].memory == quantity('15Gi')`, true],
  [`'type' in device.attributes['gpu.nvidia.com']`, true],
  [`'type' in device.attributes['example.com']`, false],
  [`'gpu.nvidia.com' in device.attributes && !('example.com' in device.attributes)`, true],
  [`has(device.attributes['gpu.nvidia.com'].type)`, true],
  [`has(device.attributes['gpu.nvidia.com'].colour) || has(device.attributes['example.com'].colour)`, false],
  [`cel.bind(gpu, device.attributes['gpu.nvidia.com'], gpu.type == 'gpu' && gpu.index < 1)`, true],
])('%s is %s of a GPU', (expression, outcome) => {
  expect(holds(expression)).toBe(outcome);
});

test.each([
  [`device.attributes['gpu.nvidia.com'].colour == 'red'`, 'no such key: colour'],
  [`device.capacity['example.com'].memory == quantity('1Gi')`, 'no such key: memory'],
  [`device.nodes > 1`, "compilation failed: ERROR: <input>:1:7: undefined field 'nodes'"],
  [`device.driver`, 'must evaluate to bool or the unknown type, not string'],
  [`device.driver ==`, 'compilation failed: ERROR: <input>:1:'],
  [`device.attributes['gpu.nvidia.com'].type`, 'could not be converted to bool'],
])('%s fails with %s', (expression, message) => {
  expect(() => holds(expression)).toThrow(message);
});
