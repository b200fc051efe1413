import { expect, test } from 'vitest';
import { GpuBehaviour } from '../linux/nvidia/behaviour.ts';
import { NvidiaGpus } from '../linux/nvidia/gpus.ts';
import type { GpuStatus } from '../linux/nvidia.ts';
import { Simulation } from '../sim/index.ts';
import { ConfigError, type PluginConfig, readConfig } from './config.ts';
import { nvidiaPlugin, resourceName } from './plugin.ts';

const machine = new NvidiaGpus(new Simulation({ seed: 'plugin' }), 'node-1', 4, (gpus) => new GpuBehaviour(gpus));
const CALLER = { hostPid: 1, command: 'test' };
const GPUS = machine.all.map(({ index }) => machine.ioctl([195, index], { type: 'status' }, CALLER) as GpuStatus);
const [A = '', B = '', C = '', D = ''] = GPUS.map(({ uuid }) => uuid);

function handlers(config: PluginConfig) {
  const plugin = nvidiaPlugin({ config, gpus: GPUS, failed: new Set(), *nextFailure() {} });
  const call = (name: string, request: object): unknown => plugin.handlers[name]!(request as never, {} as never);
  return {
    prefer(available: readonly string[], size: number, must: readonly string[] = []) {
      const request = { available_deviceIDs: available, must_include_deviceIDs: must, allocation_size: size };
      const answer = call('GetPreferredAllocation', { container_requests: [request] });
      return (answer as { container_responses: { deviceIDs: string[] }[] }).container_responses[0]!.deviceIDs;
    },
    allocate(...ids: readonly string[]) {
      const answer = call('Allocate', { container_requests: [{ devices_ids: ids }] });
      return (answer as { container_responses: object[] }).container_responses[0];
    },
  };
}

const SHARING = 'version: v1\nsharing: {timeSlicing: {resources: [{name: nvidia.com/gpu, replicas: 2}]}}\n';

test('whole GPUs are preferred from one socket, and the other one is kept whole', () => {
  const { prefer } = handlers(readConfig(undefined, {}));
  expect(prefer([A, B, C, D], 2)).toEqual([A, B]);
  expect(prefer([A, C, D], 2)).toEqual([C, D]);
  expect(prefer([A, C, D], 1)).toEqual([A]);
  expect(prefer([A, B, C, D], 2, [C])).toEqual([C, D]);
});

test('replicas are spread over the GPUs', () => {
  const { prefer } = handlers(readConfig(SHARING, {}));
  expect(prefer([`${A}::1`, `${B}::0`, `${B}::1`], 1)).toEqual([`${B}::0`]);
  expect(prefer([`${A}::0`, `${A}::1`, `${B}::0`, `${B}::1`], 2)).toEqual([`${A}::0`, `${B}::0`]);
});

test.each([
  [{}, { envs: { NVIDIA_VISIBLE_DEVICES: `${A},${C}` } }],
  [{ DEVICE_ID_STRATEGY: 'index' }, { envs: { NVIDIA_VISIBLE_DEVICES: '0,2' } }],
  [
    { DEVICE_LIST_STRATEGY: 'cdi-cri' },
    { cdi_devices: [A, C].map((uuid) => ({ name: `k8s.device-plugin.nvidia.com/gpu=${uuid}` })) },
  ],
  [
    { DEVICE_LIST_STRATEGY: 'cdi-annotations' },
    {
      annotations: {
        'cdi.k8s.io/nvidia-device-plugin': [A, C].map((uuid) => `k8s.device-plugin.nvidia.com/gpu=${uuid}`).join(),
      },
    },
  ],
])('with %o the answer is %o', (env, answer) => {
  expect(handlers(readConfig(undefined, env)).allocate(A, C)).toEqual(answer);
});

test('the machine gives its device nodes when that is asked for', () => {
  expect(handlers(readConfig(undefined, { PASS_DEVICE_SPECS: 'true' })).allocate(B)).toMatchObject({
    devices: expect.arrayContaining([
      { container_path: '/dev/nvidia1', host_path: '/dev/nvidia1', permissions: 'rw' },
      { container_path: '/dev/nvidiactl', host_path: '/dev/nvidiactl', permissions: 'rw' },
    ]),
  });
});

test('devices that nobody has are refused, and more of a shared one than is allowed', () => {
  expect(() => handlers(readConfig(undefined, {})).allocate('GPU-x')).toThrow(
    'invalid allocation request for "nvidia.com/gpu": unknown device: GPU-x',
  );
  const strict = SHARING.replace('timeSlicing: {', 'timeSlicing: {failRequestsGreaterThanOne: true, ');
  expect(() => handlers(readConfig(strict, {})).allocate(`${A}::0`, `${A}::1`)).toThrow(
    'maximum request size for shared resources is 1',
  );
});

test('a shared GPU can have a name of its own', () => {
  const renamed = SHARING.replace('timeSlicing: {', 'timeSlicing: {renameByDefault: true, ');
  expect(resourceName(readConfig(renamed, {}))).toBe('nvidia.com/gpu.shared');
  expect(resourceName(readConfig(SHARING, {}))).toBe('nvidia.com/gpu');
});

test.each([
  ['no version', 'flags: {}\n', {}],
  ['no YAML', 'a: [', {}],
  ['no object', '- 1\n', {}],
  ['one replica', SHARING.replace('replicas: 2', 'replicas: 1'), {}],
  ['replicas that are no number', SHARING.replace('replicas: 2', 'replicas: many'), {}],
  ['MPS', 'version: v1\nsharing: {mps: {}}\n', {}],
  ['an unknown strategy', undefined, { DEVICE_LIST_STRATEGY: 'telepathy' }],
  ['MIG', undefined, { MIG_STRATEGY: 'single' }],
])('a configuration with %s is refused', (_, text, env) => {
  expect(() => readConfig(text, env)).toThrow(ConfigError);
});
