import { beforeAll, describe, expect, test } from 'vitest';
import type { Service } from '../../api/kinds.ts';
import { PROXY_MODES, switchMode } from './proxy-mode.ts';
import { answers, ask, clusterIp, names, service, start, web } from './services-bed.ts';
import type { Testbed } from './testbed.ts';

// Every kind of Service in every mode of kube-proxy, on one cluster for each mode: https://kubernetes.io/docs/concepts/services-networking/service/

const NODES = { 'control-plane': '10.0.0.10', 'node-1': '10.0.0.11', 'node-2': '10.0.0.12' } as const;
const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59';

/** A server of TCP and UDP at port 80 that its probe never finds ready, or always. */
function netexec(name: string, ready: boolean): string {
  const probe = ready ? '' : '    readinessProbe: {exec: {command: ["false"]}}\n';
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  containers:
  - name: agnhost
    image: ${AGNHOST}
    args: [netexec, --http-port=80, --udp-port=80]
    ports: [{name: http, containerPort: 80}, {name: dgram, containerPort: 80, protocol: UDP}]
${probe}`;
}

/** A Service without a selector: whom it leads to is said by hand. */
function byHand(name: string, spec: string): string {
  return `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n  ports: [{port: 80}]\n${spec}`;
}

function slice(name: string, address: string): string {
  return `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}-1, labels: {kubernetes.io/service-name: ${name}}}
addressType: IPv4
ports: [{port: 80, protocol: TCP}]
endpoints: [{addresses: ["${address}"]}]
`;
}

const BOTH = '[{name: tcp, port: 80, targetPort: http}, {name: udp, port: 80, targetPort: dgram, protocol: UDP}]';
const of = (app: string, name: string, spec = '') => service(spec, name).replace('app: web', `app: ${app}`);

const SERVICES = [
  service(''),
  service('  clusterIP: None\n', 'headless'),
  byHand('manual', ''),
  byHand('manual-headless', '  clusterIP: None\n'),
  service('  type: ExternalName\n  externalName: web.default.svc.cluster.local\n', 'alias').replace(
    / {2}selector.*\n/,
    '',
  ),
  of('both', 'both').replace(/ports: .*/, `ports: ${BOTH}`),
  of('unready', 'unready'),
  of('unready', 'published', '  publishNotReadyAddresses: true\n'),
  service('  trafficDistribution: PreferSameNode\n', 'near'),
  service('  type: LoadBalancer\n  externalTrafficPolicy: Local\n', 'checked'),
  of('nobody', 'lonely', '  type: NodePort\n'),
];

describe.each(PROXY_MODES)('in the mode %s', (mode) => {
  let bed: Testbed;

  beforeAll(() => {
    bed = start(web(3), netexec('both', true), ...SERVICES);
    const [target = ''] = names(bed);
    const address = bed.podView(target)!.ip!;
    bed.apply([netexec('unready', false), slice('manual', address), slice('manual-headless', address)].join('---\n'));
    bed.untilStatus('unready', 'Running');
    if (mode !== 'iptables') switchMode(bed, mode);
    bed.pass(3);
  });

  /** Whether a port answers when the client Pod connects, or gets an answer to a datagram. */
  const answered = (host: string, port: number, protocol = 'tcp') => {
    const connect = ['/agnhost', 'connect', `${host}:${port}`, '--timeout=2s', `--protocol=${protocol}`];
    return bed.kubectlAnyway('exec', 'both', '--', ...connect).exitCode === 0;
  };

  test('a headless Service is the names of its Pods, and needs no proxy', () => {
    const { stdout } = bed.kubectlAnyway('exec', 'client', '--', 'nslookup', 'headless.default.svc.cluster.local');
    for (const name of names(bed)) expect(stdout).toContain(bed.podView(name)!.ip!);
    expect(names(bed)).toContain(ask(bed, 'http://headless'));
  });

  test('endpoints that were written by hand serve, with and without a cluster IP', () => {
    const [target] = names(bed);
    expect(ask(bed, 'http://manual')).toBe(target);
    expect(ask(bed, 'http://manual-headless')).toBe(target);
  });

  test('an ExternalName is an alias', () => expect(names(bed)).toContain(ask(bed, 'http://alias')));

  test('the API server is kubernetes.default', () => expect(answered('kubernetes.default', 443)).toBe(true));

  test('one port serves two protocols by the names of its target ports', () => {
    expect(answered('both', 80, 'tcp')).toBe(true);
    expect(answered('both', 80, 'udp')).toBe(true);
  });

  test('a Pod that is not ready is reached where its Service says so', () => {
    const refused = mode === 'userspace' ? 'error getting response' : 'Connection refused';
    expect(ask(bed, 'http://unready/hostname')).toContain(refused);
    expect(ask(bed, 'http://published/hostname')).toBe('unready');
  });

  test('trafficDistribution PreferSameNode keeps to the endpoints of the client’s node', () => {
    const here = bed.nodeOf('client');
    const near = names(bed).filter((name) => bed.nodeOf(name) === here);
    const found = [...answers(bed, `http://${clusterIp(bed, 'near')}`, 30).keys()].sort();
    // The mode userspace was gone before there were hints.
    expect(found).toEqual(mode === 'userspace' || near.length === 0 ? names(bed) : near);
  });

  test('the health check port tells balancers which nodes have endpoints', () => {
    const { spec } = bed.get<Service>('service', 'checked');
    for (const [node, address] of Object.entries(NODES)) {
      const url = `http://${address}:${spec.healthCheckNodePort}/healthz`;
      const { stdout } = bed.sh(`curl -s -m 3 -o /dev/null -w '%{http_code}' ${url}`);
      const count = names(bed).filter((name) => bed.nodeOf(name) === node).length;
      expect([node, stdout]).toEqual([node, count > 0 ? '200' : '503']);
    }
  });

  test.runIf(mode === 'ipvs')('the addresses of all Services are on the node', () => {
    const [line = ''] = /^kube-ipvs0 .*$/m.exec(bed.run('node-1', 'ip', '-br', 'addr').stdout) ?? [];
    for (const name of ['web', 'near', 'both']) expect(line).toContain(` ${clusterIp(bed, name)}/32 `);
  });

  test('a selector that leads to nowhere is refused at every address', () => {
    const { spec } = bed.get<Service>('service', 'lonely');
    const ends = [spec.clusterIP!, `${NODES['node-1']}:${spec.ports![0]!.nodePort}`];
    for (const end of ends) {
      // A proxy has taken the connection already: it can only hang up.
      const { exitCode } = bed.run('node-2', 'curl', '-s', '-m', '3', end);
      expect(exitCode).toBe(mode === 'userspace' ? 52 : 7);
    }
  });
});
