import { expect, test } from 'vitest';
import type { Service } from '../../api/kinds.ts';
import { answers, ask, clusterIp, names, service, start, web } from './services-bed.ts';
import type { Testbed } from './testbed.ts';

// Services from end to end: https://kubernetes.io/docs/concepts/services-networking/service/

/** Events about the Service, and not about the Deployment of the same name. */
function serviceEvents(bed: Testbed): readonly string[] {
  return bed.eventsOf('web').filter((event) => !event.startsWith('Scaling'));
}

test('a cluster IP is reached from a Pod, from every node, and by an endpoint itself', () => {
  const bed = start(web(3), service(''));
  const ip = clusterIp(bed);
  expect(names(bed)).toContain(ask(bed, `http://${ip}`));
  for (const node of ['control-plane', 'node-1', 'node-2']) {
    expect(names(bed)).toContain(bed.run(node, 'curl', '-s', '-m', '3', ip).stdout.trim());
  }
  // Hairpin: sooner or later the endpoint meets itself.
  const [own = ''] = names(bed);
  const seen = new Set(
    Array.from({ length: 12 }, () => {
      const { stdout } = bed.kubectlAnyway('exec', own, '--', 'curl', '-s', '-m', '3', ip);
      return stdout.trim();
    }),
  );
  expect(seen).toContain(own);
});

test('connections spread over the endpoints as the probabilities of the rules say', () => {
  const bed = start(web(3), service(''));
  const found = answers(bed, `http://${clusterIp(bed)}`, 600);
  expect([...found.keys()].sort()).toEqual(names(bed));
  // 200 each; the standard deviation is 11.5, and five of them are allowed.
  for (const count of found.values()) expect(Math.abs(count - 200)).toBeLessThan(58);
});

test('with ClientIP affinity one client always meets the same endpoint, until it has been away', () => {
  const bed = start(
    web(3),
    service('  sessionAffinity: ClientIP\n  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}\n'),
  );
  const url = `http://${clusterIp(bed)}`;
  expect(answers(bed, url, 30).size).toBe(1);
  const others = new Set(
    Array.from({ length: 12 }, () => {
      bed.pass(70);
      return ask(bed, url);
    }),
  );
  expect(others.size).toBeGreaterThan(1);
});

test('a node port answers the workstation on every node, whoever has endpoints', () => {
  const bed = start(web(1), service('  type: NodePort\n'));
  const port = bed.get<Service>('service', 'web').spec.ports![0]!.nodePort!;
  for (const address of ['10.0.0.10', '10.0.0.11', '10.0.0.12']) {
    expect(names(bed)).toContain(bed.sh(`curl -s -m 3 ${address}:${port}`).stdout.trim());
  }
});

test('without endpoints the connection is refused; readiness opens and closes the Service', () => {
  const bed = start(web(1), service(''), service('', 'nobody').replace('app: web', 'app: nobody'));
  expect(ask(bed, `http://${clusterIp(bed, 'nobody')}`)).toContain('Connection refused');
  const [pod = ''] = names(bed);
  const url = `http://${clusterIp(bed)}`;
  expect(ask(bed, url)).toBe(pod);
  bed.kubectl('exec', pod, '--', 'rm', '/usr/share/nginx/html/index.html');
  bed.until('the Pod is not ready', () => bed.podView(pod)?.ready === false);
  bed.pass(3);
  expect(ask(bed, url)).toContain('Connection refused');
  bed.kubectl('exec', pod, '--', 'sh', '-c', 'echo back > /usr/share/nginx/html/index.html');
  bed.untilReady(pod);
  bed.pass(3);
  expect(ask(bed, url)).toBe('back');
});

test('with externalTrafficPolicy Local only the node of an endpoint answers, and the server sees the client', () => {
  const bed = start(web(1), service('  type: NodePort\n  externalTrafficPolicy: Local\n'));
  const [pod = ''] = names(bed);
  const port = bed.get<Service>('service', 'web').spec.ports![0]!.nodePort!;
  const [here, elsewhere] = bed.nodeOf(pod) === 'node-1' ? ['10.0.0.11', '10.0.0.12'] : ['10.0.0.12', '10.0.0.11'];
  expect(bed.sh(`curl -s -m 3 ${here}:${port}`).stdout.trim()).toBe(pod);
  expect(bed.sh(`curl -s -m 3 ${elsewhere}:${port}`).exitCode).toBe(28);
  expect(
    bed
      .kubectl('logs', pod)
      .split('\n')
      .some((line) => line.startsWith('10.0.0.2 ')),
  ).toBe(true);
});

test('a load balancer gets an address that the workstation reaches, and gives it back', () => {
  const bed = start(web(2), service('  type: LoadBalancer\n'));
  const made = bed.get<Service>('service', 'web');
  expect(made.status?.loadBalancer?.ingress).toEqual([{ ip: '10.0.0.200', ipMode: 'VIP' }]);
  expect(made.metadata.finalizers).toEqual(['service.kubernetes.io/load-balancer-cleanup']);
  expect(names(bed)).toContain(bed.sh('curl -s -m 3 10.0.0.200').stdout.trim());
  expect(ask(bed, 'http://10.0.0.200')).toMatch(/^web-/);
  expect(serviceEvents(bed)).toEqual([
    'EnsuringLoadBalancer: Ensuring load balancer',
    'EnsuredLoadBalancer: Ensured load balancer',
  ]);
  bed.kubectl('patch', 'service', 'web', '-p', '{"spec":{"type":"ClusterIP"}}');
  bed.pass(3);
  expect(bed.get<Service>('service', 'web').status?.loadBalancer).toEqual({});
  expect(serviceEvents(bed).slice(2)).toEqual([
    'Type: LoadBalancer -> ClusterIP',
    'DeletingLoadBalancer: Deleting load balancer',
    'DeletedLoadBalancer: Deleted load balancer',
  ]);
  expect(bed.sh('curl -s -m 3 10.0.0.200').exitCode).not.toBe(0);
});

test('a load balancer of another class stays pending; deleted ones go; source ranges keep others out', () => {
  const bed = start(
    web(1),
    service('  type: LoadBalancer\n  loadBalancerClass: example.org/other\n'),
    service('  type: LoadBalancer\n  loadBalancerSourceRanges: [192.0.2.0/24]\n', 'closed'),
  );
  expect(bed.kubectl('get', 'service', 'web')).toContain('<pending>');
  const [ingress] = bed.get<Service>('service', 'closed').status!.loadBalancer!.ingress!;
  expect(bed.sh(`curl -s -m 3 ${ingress!.ip}`).exitCode).toBe(28);
  bed.kubectl('delete', 'service', 'closed');
  expect(bed.kubectlAnyway('get', 'service', 'closed').stderr).toContain('not found');
});

test('rules that somebody flushed come back within half a minute', () => {
  const bed = start(web(1), service(''));
  const url = `http://${clusterIp(bed)}`;
  const flush =
    'iptables -t nat -F; iptables -F; for t in mangle nat filter; do iptables -t $t -F; iptables -t $t -X; done';
  for (const node of ['control-plane', 'node-1', 'node-2']) bed.run(node, 'bash', '-c', flush);
  expect(ask(bed, url)).not.toMatch(/^web-/);
  bed.pass(35);
  expect(ask(bed, url)).toMatch(/^web-/);
});

test('kube-proxy tells its mode and its health; its end leaves the rules; a wrong configuration ends it', () => {
  const bed = start(web(1), service(''));
  expect(bed.run('node-1', 'curl', '-s', 'localhost:10249/proxyMode').stdout).toBe('iptables');
  expect(JSON.parse(bed.run('node-1', 'curl', '-s', 'localhost:10256/healthz').stdout)).toMatchObject({
    nodeEligible: true,
  });
  expect(bed.run('node-1', 'curl', '-s', 'localhost:10249/metrics').stdout).toMatch(
    /iptables_last\{ip_family="IPv4",table="nat"\} [1-9]/,
  );
  const config = bed.kubectl('get', 'configmap', 'kube-proxy', '-n', 'kube-system', '-o', 'yaml');
  bed.apply(config.replace('mode: ""', 'mode: ebpf'));
  bed.kubectl('rollout', 'restart', 'daemonset/kube-proxy', '-n', 'kube-system');
  bed.until('a kube-proxy gives up', () =>
    bed
      .podViews('kube-system')
      .some(({ name, status }) => name.startsWith('kube-proxy') && status === 'CrashLoopBackOff'),
  );
  expect(ask(bed, `http://${clusterIp(bed)}`)).toMatch(/^web-/);
});
