import { expect, test } from 'vitest';
import type { EndpointSlice } from '../api/kinds.ts';
import { type Endpoint, type EndpointGroup, portsKey } from './endpoint-group.ts';
import { planSlices } from './slice-plan.ts';

const HTTP = [{ name: '', port: 80, protocol: 'TCP' as const }];
const METRICS = [{ name: 'metrics', port: 9090, protocol: 'TCP' as const }];

function endpoint(number: number, ready = true): Endpoint {
  return { addresses: [`10.0.0.${number}`], conditions: { ready } };
}

function endpoints(from: number, to: number): Endpoint[] {
  return Array.from({ length: to - from + 1 }, (_, i) => endpoint(from + i));
}

function slice(name: string, listed: Endpoint[], ports: EndpointSlice['ports'] = HTTP): EndpointSlice {
  const metadata = { name, uid: name, resourceVersion: '1', creationTimestamp: '' };
  const apiVersion = 'discovery.k8s.io/v1';
  return { apiVersion, kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints: listed, ports };
}

function desired(...groups: EndpointGroup[]): Map<string, EndpointGroup> {
  return new Map(groups.map((group) => [portsKey([...group.ports]), group]));
}

/** The plan in short: `new 3`, `a: 2`, `-b`. Slices hold ten at the most. */
function plan(existing: EndpointSlice[], groups: Map<string, EndpointGroup>, isStale?: (s: EndpointSlice) => boolean) {
  const { create, update, remove } = planSlices(existing, groups, isStale, 10);
  return [
    ...create.map((group) => `new ${group.endpoints.length}`),
    ...update.map(([{ metadata }, listed]) => `${metadata.name}: ${listed.length}`),
    ...remove.map(({ metadata }) => `-${metadata.name}`),
  ];
}

const http = (listed: Endpoint[]) => ({ ports: HTTP, endpoints: listed });

test.each([
  ['nothing there yet', [], desired(http(endpoints(1, 3))), ['new 3']],
  ['many fill several', [], desired(http(endpoints(1, 23))), ['new 10', 'new 10', 'new 3']],
  ['all is right', [slice('a', endpoints(1, 3))], desired(http(endpoints(1, 3))), []],
  ['one more finds room', [slice('a', endpoints(1, 3))], desired(http(endpoints(1, 4))), ['a: 4']],
  ['one is gone', [slice('a', endpoints(1, 3))], desired(http(endpoints(1, 2))), ['a: 2']],
  [
    'the slice that is written anyway takes the new one, not the fuller one',
    [slice('a', endpoints(1, 3)), slice('b', endpoints(10, 17))],
    desired(http([...endpoints(1, 2), ...endpoints(10, 17), endpoint(20)])),
    ['a: 3'],
  ],
  [
    'else the fullest with room takes it',
    [slice('a', endpoints(1, 3)), slice('b', endpoints(10, 17)), slice('c', endpoints(30, 39))],
    desired(http([...endpoints(1, 3), ...endpoints(10, 17), ...endpoints(30, 39), endpoint(20)])),
    ['b: 9'],
  ],
  [
    'what fits nowhere whole gets a new slice',
    [slice('a', endpoints(1, 9))],
    desired(http([...endpoints(1, 9), ...endpoints(20, 22)])),
    ['new 3'],
  ],
  ['an emptied slice is used again', [slice('a', endpoints(1, 2))], desired(http(endpoints(5, 6))), ['a: 2']],
  [
    'emptied ones too many go',
    [slice('a', endpoints(1, 2)), slice('b', endpoints(3, 4))],
    desired(http(endpoints(5, 6))),
    ['b: 2', '-a'].map((each) => (each === 'b: 2' ? 'a: 2' : '-b')),
  ],
  [
    'other ports, another slice',
    [slice('a', endpoints(1, 2))],
    desired({ ports: METRICS, endpoints: endpoints(1, 2) }),
    ['new 2', '-a'],
  ],
  ['no endpoints leave one empty slice', [], desired(), ['new 0']],
  ['which is kept', [slice('a', [], [])], desired(), []],
  ['and replaced by the first endpoints', [slice('a', [], [])], desired(http(endpoints(1, 1))), ['new 1', '-a']],
] as [string, EndpointSlice[], Map<string, EndpointGroup>, string[]][])('%s', (_, existing, groups, expected) => {
  expect(plan(existing, groups)).toEqual(expected);
});

test('a change of readiness is written in its place', () => {
  const existing = [slice('a', [endpoint(1), endpoint(2)])];
  const { update } = planSlices(existing, desired(http([endpoint(1, false), endpoint(2)])));
  expect(update).toEqual([[existing[0], [endpoint(1, false), endpoint(2)]]]);
});

test('a slice with outdated labels is written though its endpoints are right', () => {
  expect(plan([slice('a', endpoints(1, 2))], desired(http(endpoints(1, 2))), () => true)).toEqual(['a: 2']);
});
