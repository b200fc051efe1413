import { expect, test } from 'vitest';
import { KINDS } from '../../api/kind-list.ts';
import { DEFINITIONS } from '../../api/schema/definitions.ts';
import { StatusError } from '../../api/status-error.ts';
import { Random } from '../../sim/index.ts';
import { decodeProtobuf } from './decode.ts';
import { fieldsByNumber } from './field-numbers.ts';

// Bodies that kubectl 1.35 sent.

/** `kubectl create deployment web --image=nginx:1.29 --replicas=0 --port=80` */
const DEPLOYMENT =
  'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50Er0BCh8KA3dlYhIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEosBCAASDAoKCgNhcHASA3dlYhpx' +
  'ChwKABIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViElESMwoFbmdpbngSCm5naW54OjEuMjkqADIKCgAQABhQIgAqAEIAagByAIABAIgBAJABAKIB' +
  'ABoAMgBCAEoAUgBYAGAAaACCAQCKAQCaAQDCAQAiAgoAKAA4ABoMCAAQABgAIAAoADgAGgAiAA==';

/** `kubectl create configmap c --from-literal=a=b --from-literal=e= --from-file=rnd` */
const CONFIG_MAP =
  'azhzAAoPCgJ2MRIJQ29uZmlnTWFwEj8KEQoBYxIAGgAiACoAMgA4AEIAEgYKAWESAWISBQoBZRIAGhsKA3JuZBIUlA0RyNVB5lT/RtLswKwIXlwBg08aACIA';

function decode(base64: string): object {
  return decodeProtobuf(Buffer.from(base64, 'base64'));
}

test('a Deployment as kubectl sends it', () => {
  expect(decode(DEPLOYMENT)).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: {
      // A pointer to zero is a value, a plain zero is not.
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'nginx', image: 'nginx:1.29', ports: [{ containerPort: 80 }], resources: {} }] },
      },
      strategy: {},
    },
    status: {},
  });
});

test('maps keep empty values; bytes come as base64', () => {
  expect(decode(CONFIG_MAP)).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c' },
    data: { a: 'b', e: '' },
    binaryData: { rnd: 'lA0RyNVB5lT/RtLswKwIXlwBg08=' },
  });
});

/** A little encoder, for what kubectl does not send by itself. */
function field(number: number, value: number | string | Uint8Array): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)]);
  const bytes = Buffer.from(value as string);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

function envelope(apiVersion: string, kind: string, ...fields: Buffer[]): Buffer {
  const type = Buffer.concat([field(1, apiVersion), field(2, kind)]);
  return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, Buffer.concat(fields))]);
}

test('inline messages, quantities, ports by name, negative numbers and times', () => {
  const httpGet = Buffer.concat([
    field(1, '/ok'),
    field(2, Buffer.concat([field(1, 1), field(2, 0), field(3, 'http')])),
  ]);
  const probe = Buffer.concat([field(1, field(2, httpGet)), field(2, -5)]);
  const limits = field(1, Buffer.concat([field(1, 'cpu'), field(2, field(1, '100m'))]));
  const container = Buffer.concat([field(1, 'web'), field(8, limits), field(11, probe)]);
  const volume = Buffer.concat([field(1, 'tmp'), field(2, field(2, field(1, 'Memory')))]);
  const created = Buffer.concat([field(1, 1_700_000_000), field(2, 5)]);
  const metadata = Buffer.concat([field(1, 'p'), field(8, created)]);
  const spec = Buffer.concat([field(1, volume), field(2, container), field(4, 0), field(999, 'from the future')]);
  expect(decodeProtobuf(envelope('v1', 'Pod', field(1, metadata), field(2, spec)))).toMatchObject({
    metadata: { name: 'p', creationTimestamp: '2023-11-14T22:13:20Z' },
    spec: {
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'tmp', emptyDir: { medium: 'Memory' } }],
      containers: [
        {
          name: 'web',
          resources: { limits: { cpu: '100m' } },
          readinessProbe: { httpGet: { path: '/ok', port: 'http' }, initialDelaySeconds: -5 },
        },
      ],
    },
  });
});

test('delete options come in every version', () => {
  const options = decodeProtobuf(envelope('apps/v1', 'DeleteOptions', field(1, 0), field(4, 'Foreground')));
  expect(options).toMatchObject({ gracePeriodSeconds: 0, propagationPolicy: 'Foreground' });
});

test('of an unknown kind the type comes through, so that the server can refuse it', () => {
  expect(decodeProtobuf(envelope('example.com/v1', 'Widget', field(1, 'x')))).toEqual({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
  });
});

test('a key of __proto__ is data', () => {
  const entry = Buffer.concat([field(1, '__proto__'), field(2, 'x')]);
  const { data } = decodeProtobuf(envelope('v1', 'ConfigMap', field(2, entry))) as { data: object };
  expect(Object.entries(data)).toEqual([['__proto__', 'x']]);
});

test('what is no protobuf is a bad request', () => {
  expect(() => decodeProtobuf(Buffer.from('{}'))).toThrow('expected prefix [107 56 115 0]');
  expect(() => decodeProtobuf(Buffer.from('k8s\0\xff', 'latin1'))).toThrow('unexpected EOF');
  expect(() => decodeProtobuf(envelope('v1', 'Pod', field(1, 7)))).toThrow('wrong wireType');
  let deep = field(1, 'x');
  // JSONSchemaProps-like nesting without end: ever another container in an owner.
  for (let count = 0; count < 5000; count++) deep = field(2, deep);
  expect(() => decodeProtobuf(envelope('v1', 'Pod', deep))).not.toThrow(RangeError);
});

test('broken bodies never do worse than a Status', () => {
  const random = new Random('protobuf');
  for (const base64 of [DEPLOYMENT, CONFIG_MAP]) {
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(base64, 'base64').subarray(0, 4 + random.below(216));
      for (let flips = random.below(4); flips > 0 && bytes.length > 4; flips--) {
        bytes[4 + random.below(bytes.length - 4)] = random.below(256);
      }
      try {
        decodeProtobuf(bytes);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
      }
    }
  }
});

test('every field of every served kind has a number', () => {
  const missing: string[] = [];
  const seen = new Set<string>();
  const visit = (definition: string): void => {
    if (seen.has(definition) || SCALARS.test(definition)) return;
    seen.add(definition);
    const numbered = new Set(namesOf(definition));
    for (const [name, schema] of DEFINITIONS.get(definition) ?? []) {
      if (!numbered.has(name) && !['apiVersion', 'kind'].includes(name)) missing.push(`${definition}.${name}`);
      let value: typeof schema | Parameters<typeof visit>[0] = schema;
      while (typeof value !== 'string' && (value.type === 'list' || value.type === 'map')) {
        value = value.of as typeof schema;
      }
      if (typeof value !== 'string' && value.type === 'object') visit(value.definition);
    }
  };
  for (const { schema } of KINDS) visit(schema);
  expect(missing.filter((name) => !KNOWN_GAPS.has(name))).toEqual([]);
});

const SCALARS = /\.(FieldsV1|RawExtension)$/;
/** Fields that 1.36 has and the sources of the numbers, of 1.35 and before, have not. */
const KNOWN_GAPS = new Set([
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition.observedGeneration',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus.observedGeneration',
  'io.k8s.api.storage.v1.CSIDriverSpec.preventPodSchedulingIfMissing',
  'io.k8s.api.resource.v1.DeviceAttribute.bools',
  'io.k8s.api.resource.v1.DeviceAttribute.ints',
  'io.k8s.api.resource.v1.DeviceAttribute.strings',
  'io.k8s.api.resource.v1.DeviceAttribute.versions',
  'io.k8s.api.resource.v1.Device.nodeAllocatableResourceMappings',
  'io.k8s.api.resource.v1.NodeAllocatableResourceMapping.allocationMultiplier',
  'io.k8s.api.resource.v1.NodeAllocatableResourceMapping.capacityKey',
  'io.k8s.api.core.v1.PodSpec.schedulingGroup',
  'io.k8s.api.core.v1.PodSchedulingGroup.podGroupName',
  'io.k8s.api.core.v1.ResourceHealth.message',
  'io.k8s.api.core.v1.VolumeMountStatus.volumeStatus',
  'io.k8s.api.core.v1.VolumeStatus.image',
  'io.k8s.api.core.v1.ImageVolumeStatus.imageRef',
  'io.k8s.api.core.v1.PodStatus.nodeAllocatableResourceClaimStatuses',
  'io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus.containers',
  'io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus.resourceClaimName',
  'io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus.resources',
]);

function namesOf(definition: string): string[] {
  return [...(fieldsByNumber(definition)?.values() ?? [])].flatMap((each) =>
    each.type === 'field' ? [each.name] : namesOf(each.definition),
  );
}
