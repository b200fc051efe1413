import { expect, test } from 'vitest';
import type { Endpoints, Pod, Service } from '../../api/kinds.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// kubectl before a whole cluster. After test/e2e/kubectl/kubectl.go and logs.go, with manifests of our own.

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59';
const HTTPD = 'registry.k8s.io/e2e-test-images/httpd:2.4.38-4';
const BUSYBOX = 'busybox:1.37';

const PRIMARY = `apiVersion: v1
kind: ReplicationController
metadata:
  name: agnhost-primary
  labels: {app: agnhost, role: primary}
spec:
  replicas: 1
  selector: {app: agnhost, role: primary}
  template:
    metadata: {labels: {app: agnhost, role: primary}}
    spec:
      containers: [{name: agnhost-primary, image: "${AGNHOST}", ports: [{name: agnhost-server, containerPort: 6379}]}]
`;

const PRIMARY_SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: agnhost-primary
  labels: {app: agnhost, role: primary}
spec:
  selector: {app: agnhost, role: primary}
  ports: [{port: 6379, targetPort: agnhost-server}]
`;

const PAUSE = `apiVersion: v1
kind: Pod
metadata: {name: pause, labels: {name: pause}}
spec: {containers: [{name: pause, image: "registry.k8s.io/pause:3.10"}]}
`;

class KubectlBed extends Testbed {
  create(manifest: string): void {
    this.cluster.submit({ kind: 'file.write', path: 'created.yaml', text: manifest });
    this.kubectl('create', '-f', 'created.yaml');
  }

  remove(manifest: string, selector: string): void {
    this.cluster.submit({ kind: 'file.write', path: 'created.yaml', text: manifest });
    this.kubectl('delete', '--grace-period=0', '--force', '-f', 'created.yaml');
    this.until(`nothing is left of ${selector}`, () => {
      const left = this.kubectl('get', 'rc,svc', '-l', selector, '--no-headers');
      return left === '' && this.list('pods', '-l', selector).length === 0;
    });
  }

  running(selector: string): readonly Pod[] {
    return this.list<Pod>('pods', '-l', selector).filter(({ status }) => status?.phase === 'Running');
  }

  untilRunning(selector: string, count: number): readonly Pod[] {
    this.until(`${count} of ${selector}`, () => this.running(selector).length === count);
    return this.running(selector);
  }
}

/** Each requirement is a line with all of its texts, and they come in this order. */
function expectLines(output: string, required: readonly (readonly string[])[]): void {
  const lines = output.split('\n');
  let at = 0;
  for (const [first = '', ...others] of required) {
    const found = lines.findIndex((line, index) => index >= at && line.includes(first));
    expect(found, `${first} in\n${output}`).toBeGreaterThanOrEqual(at);
    for (const other of others) expect(lines[found]).toContain(other);
    at = found;
  }
}

// Replication controllers.

const UPDATE_DEMO = 'name=update-demo';

/** Two Pods that say at data.json which picture they show. */
const DEMO = `apiVersion: v1
kind: ConfigMap
metadata: {name: nautilus}
data: {data.json: '{"image": "nautilus.jpg"}'}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: update-demo-nautilus}
spec:
  replicas: 2
  selector: {name: update-demo, version: nautilus}
  template:
    metadata: {labels: {name: update-demo, version: nautilus}}
    spec:
      volumes: [{name: data, configMap: {name: nautilus}}]
      containers:
      - name: update-demo
        image: ${AGNHOST}
        args: [test-webserver, --port=80]
        ports: [{containerPort: 80}]
        volumeMounts: [{name: data, mountPath: /data.json, subPath: data.json}]
`;

function expectDemo(bed: KubectlBed, replicas: number): void {
  const names = '--template={{range.items}}{{.metadata.name}} {{end}}';
  const isRunning =
    '--template={{if (exists . "status" "containerStatuses")}}{{range .status.containerStatuses}}{{if (and (eq .name "update-demo") (exists . "state" "running"))}}true{{end}}{{end}}{{end}}';
  const image =
    '--template={{if (exists . "spec" "containers")}}{{range .spec.containers}}{{if eq .name "update-demo"}}{{.image}}{{end}}{{end}}{{end}}';
  const pods = () =>
    bed
      .kubectl('get', 'pods', '-o', 'template', names, '-l', UPDATE_DEMO)
      .split(' ')
      .filter((name) => name !== '');
  const of = (pod: string, template: string) => bed.kubectl('get', 'pods', pod, '-o', 'template', template);
  bed.until(`${replicas} replicas`, () => {
    const all = pods();
    return all.length === replicas && all.every((pod) => of(pod, isRunning) === 'true');
  });
  for (const pod of pods()) {
    expect(of(pod, image)).toBe(AGNHOST);
    const data = bed.kubectl('get', '--raw', `/api/v1/namespaces/default/pods/${pod}/proxy/data.json`);
    expect(JSON.parse(data)).toEqual({ image: 'nautilus.jpg' });
  }
}

test('Kubectl, replication controller', () => {
  const bed = new KubectlBed();
  bed.create(DEMO);
  expectDemo(bed, 2);
  bed.remove(DEMO, UPDATE_DEMO);
});

test('Kubectl, scale replication controller', () => {
  const bed = new KubectlBed();
  bed.create(DEMO);
  expectDemo(bed, 2);
  for (const replicas of [1, 2]) {
    bed.kubectl('scale', 'rc', 'update-demo-nautilus', `--replicas=${replicas}`, '--timeout=5m');
    expectDemo(bed, replicas);
  }
  bed.remove(DEMO, UPDATE_DEMO);
});

test('Kubectl, describe pod or rc', () => {
  const bed = new KubectlBed();
  bed.create(PRIMARY);
  bed.create(PRIMARY_SERVICE);
  const [pod] = bed.untilRunning('app=agnhost', 1);
  expectLines(bed.kubectl('describe', 'pod', pod!.metadata.name!), [
    ['Name:', 'agnhost-primary-'],
    ['Namespace:', 'default'],
    ['Node:'],
    ['Labels:', 'app=agnhost'],
    ['role=primary'],
    ['Annotations:'],
    ['Status:', 'Running'],
    ['IP:'],
    ['Controlled By:', 'ReplicationController/agnhost-primary'],
    ['Image:', AGNHOST],
    ['State:', 'Running'],
    ['QoS Class:', 'BestEffort'],
  ]);
  expectLines(bed.kubectl('describe', 'rc', 'agnhost-primary'), [
    ['Name:', 'agnhost-primary'],
    ['Namespace:', 'default'],
    ['Selector:', 'app=agnhost,role=primary'],
    ['Labels:', 'app=agnhost'],
    ['role=primary'],
    ['Annotations:'],
    ['Replicas:', '1 current', '1 desired'],
    ['Pods Status:', '1 Running', '0 Waiting', '0 Succeeded', '0 Failed'],
    ['Pod Template:'],
    ['Image:', AGNHOST],
    ['Events:'],
  ]);
  expectLines(bed.kubectl('describe', 'service', 'agnhost-primary'), [
    ['Name:', 'agnhost-primary'],
    ['Namespace:', 'default'],
    ['Labels:', 'app=agnhost'],
    ['role=primary'],
    ['Annotations:'],
    ['Selector:', 'app=agnhost', 'role=primary'],
    ['Type:', 'ClusterIP'],
    ['IP:'],
    ['Port:', '<unset>', '6379/TCP'],
    ['Endpoints:'],
    ['Session Affinity:', 'None'],
  ]);
  expectLines(bed.kubectl('describe', 'node', 'node-1'), [
    ['Name:', 'node-1'],
    ['Labels:'],
    ['Annotations:'],
    ['CreationTimestamp:'],
    ['Conditions:'],
    ['Type', 'Status', 'LastHeartbeatTime', 'LastTransitionTime', 'Reason', 'Message'],
    ['Addresses:'],
    ['Capacity:'],
    ['Kernel Version:'],
    ['OS Image:'],
    ['Container Runtime Version:'],
    ['Kubelet Version:'],
    ['Pods:'],
  ]);
  expectLines(bed.kubectl('describe', 'namespace', 'default'), [
    ['Name:', 'default'],
    ['Labels:'],
    ['Annotations:'],
    ['Status:', 'Active'],
  ]);
});

test('Kubectl, create service, replication controller', () => {
  const bed = new KubectlBed();
  bed.create(PRIMARY);
  const [pod] = bed.untilRunning('app=agnhost', 1);
  bed.until('it has started', () => bed.kubectl('logs', pod!.metadata.name!, 'agnhost-primary').includes('Paused'));
  const expectService = (name: string, port: number) => {
    const addresses = () =>
      bed.list<Endpoints>('endpoints').find(({ metadata }) => metadata.name === name)?.subsets ?? [];
    bed.until(`endpoints of ${name}`, () => addresses().length > 0);
    expect(addresses()).toMatchObject([{ addresses: [{}], ports: [{ port: 6379 }] }]);
    expect(addresses()[0]?.addresses).toHaveLength(1);
    expect(bed.get<Service>('service', name).spec.ports).toMatchObject([{ port, targetPort: 6379 }]);
  };
  bed.kubectl('expose', 'rc', 'agnhost-primary', '--name=rm2', '--port=1234', '--target-port=6379');
  expectService('rm2', 1234);
  bed.kubectl('expose', 'service', 'rm2', '--name=rm3', '--port=2345', '--target-port=6379');
  expectService('rm3', 2345);
});

// Pods.

test('Kubectl, label update', () => {
  const bed = new KubectlBed();
  bed.create(PAUSE);
  bed.untilReady('pause');
  bed.kubectl('label', 'pods', 'pause', 'testing-label=testing-label-value');
  expect(bed.kubectl('get', 'pod', 'pause', '-L', 'testing-label')).toContain('testing-label-value');
  bed.kubectl('label', 'pods', 'pause', 'testing-label-');
  expect(bed.kubectl('get', 'pod', 'pause', '-L', 'testing-label')).not.toContain('testing-label-value');
});

test('Kubectl, patch to annotate', () => {
  const bed = new KubectlBed();
  bed.create(PRIMARY);
  for (const { metadata } of bed.untilRunning('app=agnhost', 1))
    bed.kubectl('patch', 'pod', metadata.name!, '-p', '{"metadata":{"annotations":{"x":"y"}}}');
  for (const { metadata } of bed.running('app=agnhost')) expect(metadata.annotations).toMatchObject({ x: 'y' });
});

test('Kubectl, replace', () => {
  const bed = new KubectlBed();
  bed.kubectl('run', 'e2e-test-httpd-pod', `--image=${HTTPD}`, '--labels=run=e2e-test-httpd-pod');
  bed.untilRunning('run=e2e-test-httpd-pod', 1);
  const json = bed.kubectl('get', 'pod', 'e2e-test-httpd-pod', '-o', 'json');
  bed.cluster.submit({ kind: 'file.write', path: 'pod.json', text: json.replace(HTTPD, BUSYBOX) });
  bed.kubectl('replace', '-f', 'pod.json');
  expect(bed.pod('e2e-test-httpd-pod').spec.containers.map(({ image }) => image)).toEqual([BUSYBOX]);
});

test('Kubectl, run pod', () => {
  const bed = new KubectlBed();
  bed.kubectl('run', 'e2e-test-httpd-pod', '--restart=Never', '--pod-running-timeout=2m0s', `--image=${HTTPD}`);
  const { spec } = bed.pod('e2e-test-httpd-pod');
  expect(spec).toMatchObject({ restartPolicy: 'Never', containers: [{ image: HTTPD }] });
  expect(spec.containers).toHaveLength(1);
  bed.kubectl('delete', 'pods', 'e2e-test-httpd-pod');
});

test('Kubectl, server-side dry-run Pod', () => {
  const bed = new KubectlBed();
  bed.kubectl('run', 'e2e-test-httpd-pod', `--image=${HTTPD}`, '--labels=run=e2e-test-httpd-pod');
  const patch = { spec: { containers: [{ name: 'e2e-test-httpd-pod', image: BUSYBOX }] } };
  bed.kubectl('patch', 'pod', 'e2e-test-httpd-pod', '-p', JSON.stringify(patch), '--dry-run=server');
  expect(bed.pod('e2e-test-httpd-pod').spec.containers.map(({ image }) => image)).toEqual([HTTPD]);
});

test('Kubectl, logs', () => {
  const bed = new KubectlBed();
  const generator = ['logs-generator', '--log-lines-total', '100', '--run-duration', '20s'];
  bed.kubectl('run', 'logs-generator', `--image=${AGNHOST}`, '--restart=Never', '--', ...generator);
  bed.untilStatus('logs-generator', 'Running');
  const logs = (...flags: readonly string[]) => bed.kubectl('logs', 'logs-generator', 'logs-generator', ...flags);
  bed.until('it logs', () => logs().includes('/api/v1/namespaces/kube-system'));
  expect(logs('--tail=1')).toMatch(/^[^\n]+\n$/);
  expect(logs('--limit-bytes=1')).toHaveLength(1);
  const stamped = logs('--tail=1', '--timestamps');
  expect(stamped).toMatch(/^\S+ [^\n]+\n$/);
  expect(Date.parse(stamped.split(' ')[0]!)).not.toBeNaN();
  bed.pass(2.5);
  const lines = (text: string) => text.split('\n').length;
  expect(lines(logs('--since=1s'))).toBeLessThan(lines(logs('--since=24h')));
  bed.kubectl('delete', 'pod', 'logs-generator');
});

// Applications, and the proxy.

const tier = (name: string, labels: string, replicas: number, args: string, port: number) => `apiVersion: v1
kind: Service
metadata: {name: ${name}, labels: ${labels}}
spec:
  selector: ${labels}
  ports: [{port: ${port}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: ${labels}}
  template:
    metadata: {labels: ${labels}}
    spec: {containers: [{name: server, image: "${AGNHOST}", args: ${args}, ports: [{containerPort: ${port}}]}]}
`;

const GUESTBOOK = [
  tier(
    'agnhost-replica',
    '{app: agnhost, role: replica, tier: backend}',
    2,
    '[guestbook, --replicaof, agnhost-primary, --http-port, "6379"]',
    6379,
  ),
  tier('agnhost-primary', '{app: agnhost, role: primary, tier: backend}', 1, '[guestbook, --http-port, "6379"]', 6379),
  tier('frontend', '{app: guestbook, tier: frontend}', 3, '[guestbook, --backend-port, "6379"]', 80),
];

test('Kubectl, guestbook application', () => {
  const bed = new KubectlBed();
  for (const manifest of GUESTBOOK) bed.create(manifest);
  bed.untilRunning('app=guestbook,tier=frontend', 3);
  const ask = (command: string, value: string) => {
    const query = `cmd=${command}&key=messages&value=${value}`;
    return bed.kubectlAnyway('get', '--raw', `/api/v1/namespaces/default/services/frontend/proxy/guestbook?${query}`);
  };
  bed.until('the front end serves', () => ask('get', '').stdout === '{"data":""}', 600);
  bed.until('an entry is written', () => ask('set', 'TestEntry').stdout === '{"message":"Updated"}', 180);
  bed.until('the entry is read', () => ask('get', '').stdout === '{"data":"TestEntry"}', 180);
  for (const manifest of GUESTBOOK) bed.remove(manifest, 'app in (agnhost,guestbook),tier=none');
});

test('Kubectl, proxy port zero', () => {
  const bed = new KubectlBed();
  const script = `kubectl proxy -p 0 --disable-filter > started & sleep 1
    port=$(sed -n 's/^Starting to serve on 127.0.0.1:\\([0-9]*\\)$/\\1/p' started)
    curl -s "http://localhost:$port/api/"; kill %1`;
  expect(JSON.parse(bed.sh(script).stdout).versions).toEqual(['v1']);
});

test('Kubectl, proxy socket', () => {
  const bed = new KubectlBed();
  const script = `socket=$(mktemp -d)/test
    kubectl proxy --unix-socket=$socket > started & sleep 1
    curl -s --unix-socket $socket http://localhost/api/; kill %1
    [ "$(cat started)" = "Starting to serve on $socket" ] || cat started`;
  expect(JSON.parse(bed.sh(script).stdout).versions).toEqual(['v1']);
});
