import { expect, test } from 'vitest';
import type { EndpointSlice, Service } from '../api/kinds.ts';
import { endpointsByPort } from './endpoints.ts';
import type { ProxyState } from './proxy-state.ts';
import { servicePorts } from './service-port.ts';
import { staleFlows } from './stale-flows.ts';

function state(protocol: string, addresses: readonly string[], clusterIP = '10.96.0.10'): ProxyState {
  const service = {
    metadata: { name: 'dns', namespace: 'x' },
    spec: { type: 'NodePort', clusterIP, ports: [{ name: 'dns', protocol, port: 53, nodePort: 30_053 }] },
  } as unknown as Service;
  const slice = {
    metadata: { namespace: 'x', labels: { 'kubernetes.io/service-name': 'dns' } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address] })),
    ports: [{ name: 'dns', port: 53 }],
  } as unknown as EndpointSlice;
  return {
    services: clusterIP === '' ? [] : servicePorts(service),
    endpoints: endpointsByPort([slice], 'node-1'),
  } as unknown as ProxyState;
}

const FLOWS = [
  { address: '10.96.0.10', port: 53 },
  { address: undefined, port: 30_053 },
];

test.each([
  ['an endpoint has gone', state('UDP', ['10.1.0.1', '10.1.0.2']), state('UDP', ['10.1.0.2']), FLOWS],
  ['the first one has come', state('UDP', []), state('UDP', ['10.1.0.1']), FLOWS],
  ['one has come beside others', state('UDP', ['10.1.0.1']), state('UDP', ['10.1.0.1', '10.1.0.2']), []],
  ['the Service has gone', state('UDP', ['10.1.0.1']), state('UDP', [], ''), FLOWS],
  ['nothing has changed', state('UDP', ['10.1.0.1']), state('UDP', ['10.1.0.1']), []],
  ['it is TCP', state('TCP', ['10.1.0.1']), state('TCP', []), []],
])('when %s', (_, before, now, expected) => {
  expect(staleFlows(before, now)).toEqual(expected);
});
