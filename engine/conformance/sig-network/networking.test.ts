import { beforeAll, expect, test } from 'vitest';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// After test/e2e/common/network/networking.go: a server on each node, asked from a Pod and from a node.

const NODES = ['node-1', 'node-2'];
const SERVERS = ['netserver-0', 'netserver-1'];
const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59';

let bed: Testbed;

function server(node: string, index: number): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: netserver-${index}}
spec:
  nodeName: ${node}
  containers:
  - name: webserver
    image: ${AGNHOST}
    args: [netexec, --http-port=8083, --udp-port=8081]
    readinessProbe: {httpGet: {path: /healthz, port: 8083}, periodSeconds: 1}
---
`;
}

beforeAll(() => {
  bed = new Testbed();
  bed.apply(`${NODES.map(server).join('')}apiVersion: v1
kind: Pod
metadata: {name: test-container-pod}
spec:
  containers: [{name: webserver, image: "${AGNHOST}", args: [netexec, --http-port=8080]}]
---
apiVersion: v1
kind: Pod
metadata: {name: host-test-container-pod}
spec:
  nodeName: node-1
  hostNetwork: true
  containers: [{name: agnhost, image: "${AGNHOST}", args: [pause]}]
`);
  for (const name of [...SERVERS, 'test-container-pod', 'host-test-container-pod']) bed.untilReady(name, 120);
});

const address = (name: string) => bed.podView(name)!.ip!;

/** Who answers when the test Pod asks a server. */
function dialled(target: string, protocol: 'http' | 'udp', port: number): unknown {
  const query = `request=hostname&protocol=${protocol}&host=${address(target)}&port=${port}&tries=1`;
  const url = `http://${address('test-container-pod')}:8080/dial?${query}`;
  return JSON.parse(bed.run('node-1', 'curl', '-s', url).stdout);
}

test('Networking, intra pod http', () => {
  for (const target of SERVERS) expect(dialled(target, 'http', 8083)).toEqual({ responses: [target] });
});

test('Networking, intra pod udp', () => {
  for (const target of SERVERS) expect(dialled(target, 'udp', 8081)).toEqual({ responses: [target] });
});

test('Networking, intra pod http, from node', () => {
  for (const target of SERVERS) {
    const url = `http://${address(target)}:8083/hostName`;
    expect(bed.run('node-1', 'curl', '-s', '--max-time', '15', url).stdout).toBe(target);
  }
});

test('Networking, intra pod udp, from node', () => {
  // A Pod in the node's network: what it sends is the node's.
  for (const target of SERVERS) {
    const connect = ['/agnhost', 'connect', `${address(target)}:8081`, '--protocol=udp', '--timeout=1s'];
    expect(bed.kubectlAnyway('exec', 'host-test-container-pod', '--', ...connect).exitCode).toBe(0);
    const [sent] = bed.cluster.requests({ address: address(target), port: 8081, protocol: 'udp' }).slice(-1);
    expect(sent).toMatchObject({ from: { kind: 'node', name: 'node-1' }, outcome: { kind: 'answered' } });
  }
});
