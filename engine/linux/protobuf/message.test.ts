import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage, WireError } from '../protobuf.ts';

const MESSAGES = {
  Device: { ID: [1, 'string'], health: [2, 'string'], topology: [3, 'TopologyInfo'] },
  TopologyInfo: { nodes: [1, 'repeated NUMANode'] },
  NUMANode: { ID: [1, 'int64'] },
  Everything: {
    envs: [1, 'map<string, string>'],
    byNumber: [2, 'map<int32, Device>'],
    ids: [3, 'repeated int64'],
    names: [4, 'repeated string'],
    mode: [5, 'Mode'],
    modes: [6, 'repeated Mode'],
    flag: [7, 'bool'],
    ratio: [8, 'double'],
    data: [9, 'bytes'],
    maybe: [10, 'optional int32'],
    large: [11, 'uint64'],
  },
  Mode: ['OFF', 'ON'],
} as const;

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.split(' ').map((byte) => Number.parseInt(byte, 16)));

test('a message in the bytes that protoc makes of it', () => {
  const device = { ID: 'a', health: 'Healthy', topology: { nodes: [{ ID: 1 }, { ID: 0 }] } };
  const bytes = bytesOf('0a 01 61 12 07 48 65 61 6c 74 68 79 1a 06 0a 02 08 01 0a 00');
  expect(encodeMessage(MESSAGES, 'Device', device)).toEqual(bytes);
  expect(decodeMessage(MESSAGES, 'Device', bytes)).toEqual(device);
});

test('every kind of field comes back as it was', () => {
  const everything = {
    envs: { A: '1', B: '', __proto__x: 'y' },
    byNumber: { 3: { ID: 'gpu', health: '', topology: undefined } },
    ids: [0, 1, -1, 2 ** 40],
    names: ['', 'a'],
    mode: 'ON',
    modes: ['ON', 'OFF'],
    flag: true,
    ratio: 0.5,
    data: Uint8Array.of(0, 255),
    maybe: 0,
    large: 2 ** 50,
  } as const;
  expect(decodeMessage(MESSAGES, 'Everything', encodeMessage(MESSAGES, 'Everything', everything))).toEqual(everything);
});

test('what was not sent has its zero value', () => {
  expect(encodeMessage(MESSAGES, 'Everything', { mode: 'OFF', flag: false, envs: {}, ids: [], large: 0 })).toHaveLength(
    0,
  );
  expect(decodeMessage(MESSAGES, 'Everything', new Uint8Array(0))).toEqual({
    envs: {},
    byNumber: {},
    ids: [],
    names: [],
    mode: 'OFF',
    modes: [],
    flag: false,
    ratio: 0,
    data: new Uint8Array(0),
    maybe: undefined,
    large: 0,
  });
});

test('a key named __proto__ is data', () => {
  const envs = JSON.parse('{"__proto__": "x"}') as Record<string, string>;
  const message = decodeMessage(MESSAGES, 'Everything', encodeMessage(MESSAGES, 'Everything', { envs }));
  expect(Object.keys(message.envs)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

test('unknown fields are left out, numbers come packed or one by one', () => {
  expect(decodeMessage(MESSAGES, 'NUMANode', bytesOf('08 05 7a 01 61'))).toEqual({ ID: 5 });
  expect(decodeMessage(MESSAGES, 'Everything', bytesOf('18 01 18 02')).ids).toEqual([1, 2]);
  expect(decodeMessage(MESSAGES, 'Everything', bytesOf('1a 02 01 02')).ids).toEqual([1, 2]);
});

test.each([
  ['text that is no UTF-8', '0a 01 ff'],
  ['a number where a text belongs', '08 01'],
  ['a length beyond the end', '0a 7f 61'],
  ['an unfinished number', '0a'],
  ['a group', '0b'],
])('%s is refused', (_, hex) => {
  expect(() => decodeMessage(MESSAGES, 'Device', bytesOf(hex))).toThrow(WireError);
});
