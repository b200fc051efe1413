import { expect, test } from 'vitest';
import type { IPAddress, Service, ServiceCIDR } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/ and
// https://kubernetes.io/docs/tasks/network/reconfigure-default-service-ip-ranges/, followed on the workstation.

const RANGE_FLAG = '/etc/kubernetes/manifests/kube-apiserver.yaml';

function cidr(name: string, range: string): string {
  return `apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: ${name}}\nspec: {cidrs: ["${range}"]}\n`;
}

function readiness(bed: Testbed, name: string) {
  return bed.get<ServiceCIDR>('servicecidr', name).status?.conditions;
}

/** Services `test-FROM` to `test-TO`, and what became of them. */
function createServices(bed: Testbed, from: number, to: number) {
  const { stdout, stderr } = bed.sh(
    `for i in $(seq ${from} ${to}); do kubectl create service clusterip "test-$i" --tcp 80 -o json | jq -r .spec.clusterIP; done`,
  );
  return { addresses: stdout.trim().split('\n'), stderr };
}

function exists(bed: Testbed, kind: string, name: string): boolean {
  return bed.kubectlAnyway('get', kind, name).exitCode === 0;
}

/** A cluster whose Services have 14 addresses, as the page has it: another range stands in while the first is exchanged. */
function smallRange(): Testbed {
  const bed = new Testbed({ workers: [{}] });
  bed.run('control-plane', 'sed', '-i', 's|10.96.0.0/12|10.96.0.0/28|', RANGE_FLAG);
  bed.until('the server has the flag', () => {
    const pods = bed.kubectlAnyway('get', 'pods', '-n', 'kube-system', '-l', 'component=kube-apiserver', '-o', 'yaml');
    return pods.stdout.includes('10.96.0.0/28') && bed.kubectlAnyway('get', '--raw', '/readyz').exitCode === 0;
  });
  bed.pass(20);
  bed.apply(cidr('interim', '10.96.0.0/12'));
  bed.kubectl('delete', 'servicecidr', 'kubernetes', '--wait=false');
  bed.until('the default is made anew', () =>
    bed.kubectl('get', 'servicecidr', 'kubernetes', '--ignore-not-found').includes('10.96.0.0/28'),
  );
  bed.kubectl('delete', 'servicecidr', 'interim');
  return bed;
}

test('every cluster IP has its IPAddress, from the start and as Services come, change and go', () => {
  const bed = new Testbed({ workers: [{}] });
  expect(bed.kubectl('get', 'ipaddress')).toBe(
    'NAME         PARENTREF\n10.96.0.1    services/default/kubernetes\n10.96.0.10   services/kube-system/kube-dns\n',
  );
  expect(bed.get<IPAddress>('ip', '10.96.0.1')).toMatchObject({
    metadata: {
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { group: '', resource: 'services', namespace: 'default', name: 'kubernetes' } },
  });
  bed.kubectl('create', 'service', 'clusterip', 'web', '--tcp=80', '--clusterip=10.96.5.5');
  bed.kubectl('create', 'service', 'clusterip', 'none', '--tcp=80', '--clusterip=None');
  const names = () => bed.list<IPAddress>('ipaddresses').map(({ metadata }) => metadata.name);
  expect(names()).toEqual(['10.96.0.1', '10.96.0.10', '10.96.5.5']);
  expect(bed.kubectlAnyway('create', 'service', 'clusterip', 'b', '--tcp=80', '--clusterip=10.96.5.5').stderr).toBe(
    'error: failed to create ClusterIP service: Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.5.5"]: failed to allocate IP 10.96.5.5: provided IP is already allocated\n',
  );
  const toName = '{"spec":{"type":"ExternalName","externalName":"example.com","clusterIP":null,"clusterIPs":null}}';
  bed.kubectl('patch', 'service', 'web', '-p', toName);
  expect(names()).toEqual(['10.96.0.1', '10.96.0.10']);
  bed.kubectl('patch', 'service', 'web', '-p', '{"spec":{"type":"ClusterIP","externalName":null}}');
  const { clusterIP } = bed.get<Service>('service', 'web').spec;
  expect(names()).toContain(clusterIP);
  bed.kubectl('delete', 'service', 'web');
  expect(names()).toEqual(['10.96.0.1', '10.96.0.10']);
});

test('the first range is protected, and ready', () => {
  const bed = new Testbed({ workers: [{}] });
  expect(bed.get<ServiceCIDR>('servicecidr', 'kubernetes').metadata.finalizers).toEqual([
    'networking.k8s.io/service-cidr-finalizer',
  ]);
  expect(readiness(bed, 'kubernetes')).toMatchObject([
    { type: 'Ready', status: 'True', message: 'Kubernetes Service CIDR is ready' },
  ]);
});

test('a range that is full is extended, and an extension goes when its addresses are free', () => {
  const bed = smallRange();
  expect(bed.kubectl('get', 'service', 'kubernetes')).toContain('10.96.0.1 ');
  const first = createServices(bed, 1, 13);
  expect(new Set(first.addresses)).toEqual(
    new Set([2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14].map((number) => `10.96.0.${number}`)),
  );
  expect(first.stderr).toBe(
    'error: failed to create ClusterIP service: Internal error occurred: failed to allocate a serviceIP: range is full\n',
  );
  bed.apply(cidr('newcidr1', '10.96.0.0/24'));
  bed.pass(1);
  const more = createServices(bed, 13, 16);
  expect(more.stderr).toBe('');
  expect(more.addresses.every((address) => Number(address.split('.')[3]) > 14)).toBe(true);

  expect(bed.kubectl('delete', 'servicecidr', 'newcidr1', '--wait=false')).toBe(
    'servicecidr.networking.k8s.io "newcidr1" deleted\n',
  );
  bed.pass(15);
  expect(bed.get<ServiceCIDR>('servicecidr', 'newcidr1').metadata.finalizers).toEqual([
    'networking.k8s.io/service-cidr-finalizer',
  ]);
  const message =
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR';
  expect(readiness(bed, 'newcidr1')).toMatchObject([
    { type: 'Ready', status: 'False', reason: 'Terminating', message },
  ]);
  expect(createServices(bed, 17, 17).stderr).toContain('range is full');
  bed.sh('for i in $(seq 13 16); do kubectl delete service "test-$i"; done');
  bed.until('the range is gone', () => !exists(bed, 'servicecidr', 'newcidr1'));
});

test('a range within another one can go though its addresses are taken', () => {
  const bed = smallRange();
  bed.apply(cidr('wide', '10.96.0.0/24'));
  bed.apply(cidr('narrow', '10.96.0.64/26'));
  bed.kubectl('create', 'service', 'clusterip', 'web', '--tcp=80', '--clusterip=10.96.0.70');
  bed.pass(1);
  const before = bed.sim.nowMs;
  bed.kubectl('delete', 'servicecidr', 'narrow');
  // The server may still be giving out addresses of it for ten seconds.
  expect(bed.sim.nowMs - before).toBeGreaterThan(9_000);
  expect(bed.get<Service>('service', 'web').spec.clusterIP).toBe('10.96.0.70');
});

test('a server whose flag says another range than the cluster has tells of it', () => {
  const bed = new Testbed({ workers: [{}] });
  bed.run('control-plane', 'sed', '-i', 's|10.96.0.0/12|10.112.0.0/16|', RANGE_FLAG);
  bed.pass(30);
  expect(bed.eventsOf('kubernetes')).toEqual([
    'KubernetesDefaultServiceCIDRInconsistent: The default ServiceCIDR [10.96.0.0/12] does not match the controller flag configurations [10.112.0.0/16]',
  ]);
  expect(bed.get<Service>('service', 'kubernetes').spec.clusterIP).toBe('10.96.0.1');
});

test('what somebody has done to IPAddresses is mended, with a word', () => {
  const bed = new Testbed({ workers: [{}] });
  bed.kubectl('create', 'service', 'clusterip', 'web', '--tcp=80', '--clusterip=10.96.5.5');
  bed.kubectl('delete', 'ipaddress', '10.96.5.5');
  bed.pass(1);
  expect(exists(bed, 'ipaddress', '10.96.5.5')).toBe(true);
  expect(bed.eventsOf('web')).toEqual([
    'ClusterIPNotAllocated: Cluster IP [IPv4]: 10.96.5.5 is not allocated; repairing',
  ]);
  const labels = '{ipaddress.kubernetes.io/ip-family: IPv4, ipaddress.kubernetes.io/managed-by: ipallocator.k8s.io}';
  const address = (name: string, parent: string, its = labels) =>
    `apiVersion: networking.k8s.io/v1\nkind: IPAddress\nmetadata: {name: ${name}, labels: ${its}}\nspec: {parentRef: {${parent}}}\n`;
  bed.apply(address('10.96.6.6', 'resource: services, namespace: default, name: nobody'));
  bed.apply(address('10.96.7.7', 'resource: services, namespace: default, name: web'));
  bed.apply(
    address('10.96.8.8', 'group: gateway.networking.k8s.io, resource: gateways, namespace: default, name: g', '{}'),
  );
  bed.pass(1);
  expect(['10.96.6.6', '10.96.7.7', '10.96.8.8'].map((name) => exists(bed, 'ip', name))).toEqual([true, false, true]);
  expect(bed.eventsOf('10.96.7.7')).toEqual([
    'IPAddressWrongReference: IPAddress: 10.96.7.7 for Service default/web has a wrong reference; cleaning up',
  ]);
  // One that no Service has is let go once no request can be on its way to make that Service.
  bed.pass(65);
  expect(exists(bed, 'ip', '10.96.6.6')).toBe(false);
  expect(bed.eventsOf('10.96.6.6')).toEqual([
    'IPAddressNotAllocated: IPAddress: 10.96.6.6 for Service default/nobody appears to have leaked: cleaning up',
  ]);
  // What is another controller's is left alone, and not given to a Service.
  expect(
    bed.kubectlAnyway('create', 'service', 'clusterip', 'c', '--tcp=80', '--clusterip=10.96.8.8').stderr,
  ).toContain('provided IP is already allocated');
});

test('an address outside all ranges is refused, and asking what would be promises none', () => {
  const bed = new Testbed({ workers: [{}] });
  expect(bed.kubectlAnyway('create', 'service', 'clusterip', 'a', '--tcp=80', '--clusterip=10.0.0.1').stderr).toContain(
    'failed to allocate IP 10.0.0.1: the provided network does not match the current range',
  );
  bed.apply(cidr('more', '10.0.0.0/24'));
  expect(bed.kubectlAnyway('create', 'service', 'clusterip', 'a', '--tcp=80', '--clusterip=10.0.0.1').exitCode).toBe(0);
  const dry = [
    'create',
    'service',
    'clusterip',
    'b',
    '--tcp=80',
    '--dry-run=server',
    '-o',
    'jsonpath={.spec.clusterIP}',
  ];
  expect(bed.kubectl(...dry)).toBe('10.96.0.0');
});
