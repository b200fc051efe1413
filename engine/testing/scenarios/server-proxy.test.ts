import { beforeAll, expect, test } from 'vitest';
import type { ApiResponse } from '../../api/request.ts';
import type { Pod } from '../../index.ts';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/ : Pods, Services and nodes by way of the API server.

const DEFAULT = '/api/v1/namespaces/default';

let bed: Testbed;

beforeAll(() => {
  bed = new Testbed();
  bed.apply(`apiVersion: v1
kind: ConfigMap
metadata: {name: site}
data:
  site.conf: |
    server {
      listen 80;
      absolute_redirect off;
      location / { root /usr/share/nginx/html; }
      location = /old { return 302 /new; }
      location = /new { return 200 "here now\\n"; }
      location = /away { return 302 http://192.0.2.1/; }
      location /loop { return 302 /loop; }
      location = /echo { return 200 "$request_method $request_uri $http_host $http_x_forwarded_uri\\n"; }
      location = /page { default_type text/html; return 200 '<a href="/new">new</a>'; }
      location = /teapot { return 418 "short and stout\\n"; }
    }
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: nginx
    image: nginx:1.29
    ports: [{containerPort: 80}]
    volumeMounts: [{name: site, mountPath: /etc/nginx/conf.d}]
  volumes: [{name: site, configMap: {name: site}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: nobody}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
`);
  bed.untilReady('web');
  bed.pass(2);
});

const raw = (path: string, ...flags: readonly string[]) => bed.kubectlAnyway('get', '--raw', path, ...flags);

test('kubectl get --raw prints what a Pod and a Service say, and follows them', () => {
  expect(raw(`${DEFAULT}/pods/web/proxy/`).stdout).toContain('<h1>Welcome to nginx!</h1>');
  expect(raw(`${DEFAULT}/services/web/proxy/new`).stdout).toBe('here now\n');
  expect(raw(`${DEFAULT}/services/http:web:80/proxy/old`).stdout).toBe('here now\n');
  // From the bare path to the one with a slash.
  expect(raw(`${DEFAULT}/pods/web/proxy`).stdout).toContain('Welcome to nginx!');
  expect(raw(`${DEFAULT}/pods/web/proxy/echo?a=1`).stdout).toBe(
    `GET /echo?a=1 10.0.0.10:6443 ${DEFAULT}/pods/web/proxy/echo\n`,
  );
  expect(raw(`${DEFAULT}/pods/web/proxy/page`).stdout).toBe(`<a href="${DEFAULT}/pods/web/proxy/new">new</a>`);
});

test('create, replace and delete --raw carry their methods and files', () => {
  bed.cluster.submit({ kind: 'file.write', path: 'body.json', text: '{}' });
  const path = `${DEFAULT}/services/web/proxy/echo`;
  expect(bed.kubectl('create', '--raw', path, '-f', 'body.json')).toMatch(/^POST \/echo /);
  expect(bed.kubectl('replace', '--raw', path, '-f', 'body.json')).toMatch(/^PUT \/echo /);
  expect(bed.kubectl('delete', '--raw', path)).toMatch(/^DELETE \/echo /);
});

test.for([
  ['endless redirects', 'pods/web/proxy/loop', 'Unable to connect to the server: stopped after 10 redirects\n'],
  [
    'a page that is not there',
    'pods/web/proxy/none',
    'Error from server (NotFound): the server could not find the requested resource\n',
  ],
  [
    'an unusual status',
    'pods/web/proxy/teapot',
    'Error from server: the server responded with the status code 418 but did not return more information\n',
  ],
  [
    'nobody behind a Service',
    'services/nobody/proxy/',
    'Error from server (ServiceUnavailable): no endpoints available for service "nobody"\n',
  ],
  ['no such Pod', 'pods/none/proxy/', 'Error from server (NotFound): pods "none" not found\n'],
] as const)('%s: the real error', ([, path, stderr]) => {
  expect(raw(`${DEFAULT}/${path}`)).toEqual({ exitCode: 1, stdout: '', stderr });
});

test('a port where nobody listens is refused, and plain HTTP is no TLS', () => {
  const { ip } = bed.podView('web')!;
  expect(raw(`${DEFAULT}/pods/web:81/proxy/`).stderr).toBe(
    `Error from server (ServiceUnavailable): error trying to reach service: dial tcp ${ip}:81: connect: connection refused\n`,
  );
  expect(raw(`${DEFAULT}/pods/https:web:80/proxy/`).stderr).toBe(
    'Error from server (ServiceUnavailable): error trying to reach service: http: server gave HTTP response to HTTPS client\n',
  );
});

test('the API server dials from its own machine, through the network and its policies', () => {
  const [path] = bed.cluster.requests({ address: bed.podView('web')!.ip!, port: 80 });
  expect(path).toMatchObject({ from: { kind: 'node', name: 'control-plane' }, outcome: { kind: 'connected' } });
});

test('kubectl proxy hands pages on to a browser on the workstation', () => {
  const { stdout } = bed.sh(`kubectl proxy --port=8001 > proxy.log & sleep 1
site=localhost:8001${DEFAULT}
curl -sI $site/services/web/proxy | grep -i '^\\(HTTP\\|Location\\)'
curl -sL $site/services/web/proxy | grep -o '<h1>.*</h1>'
curl -s -X PATCH -d x $site/pods/web/proxy/echo
curl -s -o /dev/null -w '%{http_code} %{content_type}\\n' $site/pods/web/proxy/page
curl -s $site/services/nobody/proxy/ | grep '"\\(message\\|code\\)"'
curl -s -A go $site/services/nobody/proxy/ | grep -o '"code":503'
kill %1`);
  expect(stdout.replaceAll('\r', '').split('\n')).toEqual([
    'HTTP/1.1 301 Moved Permanently',
    `Location: ${DEFAULT}/services/web/proxy/`,
    '<h1>Welcome to nginx!</h1>',
    `PATCH /echo 10.0.0.10:6443 ${DEFAULT}/pods/web/proxy/echo`,
    '200 text/html',
    // Laid out for curl, as the API server does; in one line for programs.
    '  "message": "no endpoints available for service \\"nobody\\"",',
    '  "code": 503',
    '"code":503',
    '',
  ]);
});

test('kubectl proxy listens at a socket of the file system, for its user alone', () => {
  const { stdout, stderr } = bed.sh(`kubectl proxy -u api.sock > proxy.log & sleep 1
cat proxy.log; stat -c '%A %F' api.sock
curl -s --unix-socket api.sock -o /dev/null -w '%{http_code} %{remote_ip}:%{remote_port}\n' http://localhost/version
curl -sv --unix-socket api.sock http://localhost/version 2>&1 | grep '^[*]'
curl -s --unix-socket api.sock http://elsewhere/version
kill $!; wait 2> /dev/null
curl -sS --unix-socket api.sock http://localhost/version
kubectl proxy -u api.sock --disable-filter > proxy.log & sleep 1
curl -s -o /dev/null -w '%{http_code}\n' --unix-socket api.sock http://elsewhere/version
kill $!; rm api.sock; wait 2> /dev/null
kubectl proxy -u api.sock --port=8002
kubectl proxy -u nowhere/api.sock`);
  expect(stdout.split('\n')).toEqual([
    'Starting to serve on api.sock',
    'srwx------ socket',
    '200 api.sock:0',
    '*   Trying api.sock:0...',
    '* Connected to localhost (api.sock) port 0',
    '* Request completely sent off',
    'Forbidden',
    '200',
    '',
  ]);
  expect(stderr).toBe(`curl: (7) Failed to connect to localhost port 80 after 0 ms: Could not connect to server
error: cannot set --unix-socket and --port at the same time
error: listen unix nowhere/api.sock: bind: no such file or directory
`);
});

test('a program with a token reaches Pods by the server’s own port, as far as its role goes', () => {
  const { stdout } = bed.sh(`kubectl create role visitor --verb=get --resource=services/proxy > /dev/null
kubectl create rolebinding visitors --role=visitor --serviceaccount=default:default > /dev/null
token=$(kubectl create token default)
ask() { curl -sk -H "Authorization: Bearer $token" "$@"; }
ask https://10.0.0.10:6443${DEFAULT}/services/web/proxy/new
ask -I https://10.0.0.10:6443${DEFAULT}/services/web/proxy/ | grep -i '^\\(HTTP\\|Content-Length\\)'
ask -X POST https://10.0.0.10:6443${DEFAULT}/services/web/proxy/new | grep -o '"reason": "[^"]*"'`);
  expect(stdout.replaceAll('\r', '')).toMatch(
    /^here now\nHTTP\/1.1 200 OK\nContent-Length: \d{3}\n"reason": "Forbidden"\n$/,
  );
});

test('a kubelet tells of its node: health, Pods, configuration, usage, and the logs of machine and containers', () => {
  const node = bed.nodeOf('web')!;
  const ask = (path: string) => raw(`/api/v1/nodes/${node}/proxy/${path}`).stdout;
  expect(ask('healthz')).toBe('ok');
  expect((JSON.parse(ask('pods')) as { items: Pod[] }).items.map(({ metadata }) => metadata.name)).toContain('web');
  expect(JSON.parse(ask('configz')).kubeletconfig.maxPods).toBe(110);
  expect(JSON.parse(ask('stats/summary')).node.nodeName).toBe(node);
  expect(ask('metrics')).toContain('\nkubelet_running_pods ');
  expect(ask('metrics/resource')).toContain('container_memory_working_set_bytes');
  expect(ask('containerLogs/default/web/nginx')).toContain('"GET /page HTTP/1.1" 200');
  expect(ask('logs/')).toContain('<a href="pods/">pods/</a>');
  const [directory] = /default_web_[^/]+/.exec(ask('logs/pods/'))!;
  expect(ask(`logs/pods/${directory}/nginx/0.log`)).toContain('stdout F ');
  for (const path of ['run/default/web/nginx', 'logs/none', 'metrics/cadvisor'])
    expect(raw(`/api/v1/nodes/${node}/proxy/${path}`).stderr).toBe(
      'Error from server (NotFound): the server could not find the requested resource\n',
    );
});

test('a Pod that hangs holds up nobody but its own client', () => {
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: silent}
spec:
  containers: [{name: nc, image: busybox:1.37, command: [sh, -c, 'while true; do nc -l -p 80 -e sleep 1000; done'], ports: [{containerPort: 80}]}]
`);
  bed.untilReady('silent');
  const { stdout } = bed.sh(`timeout 20 kubectl get --raw ${DEFAULT}/pods/silent/proxy/ & sleep 2
kubectl get --raw ${DEFAULT}/pods/web/proxy/new
kubectl get pod silent -o jsonpath='{.status.phase}'
wait; echo " $?"`);
  expect(stdout).toMatch(/^here now\nRunning \d+\n$/);
  bed.kubectl('delete', 'pod', 'silent', '--force');
  expect(raw(`${DEFAULT}/pods/web/proxy/new`).stdout).toBe('here now\n');
});

test('a server behind that says nothing is left when nobody waits for it any more', () => {
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: mute}
spec:
  containers:
  - name: c
    image: busybox:1.36
    command: [sh, -c, 'printf "#!/bin/sh\\nsleep 100000\\n" > /mute; chmod +x /mute; nc -lk -p 8080 -e /mute']
`);
  bed.untilReady('mute');
  const path = `${DEFAULT}/pods/mute:8080/proxy/`;
  const connections = () =>
    bed.kubectl('exec', 'mute', '--', 'netstat', '-tn').match(/:8080 .*ESTABLISHED/g)?.length ?? 0;
  const { cluster } = bed;
  const taken = cluster.submit({ kind: 'api', request: { method: 'GET', path } }) as ApiResponse;
  const entry = cluster.journal.length - 1;
  expect(taken.status).toBe(102);
  bed.pass(1);
  expect(connections()).toBe(1);
  cluster.submit({ kind: 'api.leave', entry });
  bed.pass(1);
  expect(connections()).toBe(0);
  // kubectl, too, takes its request with it.
  expect(bed.sh(`timeout 3 kubectl get --raw ${path} & sleep 1; kubectl exec mute -- netstat -tn`).stdout).toMatch(
    /:8080 .*ESTABLISHED/,
  );
  bed.pass(5);
  expect(connections()).toBe(0);
  // What has been answered cannot be left, nor what never was.
  cluster.submit({ kind: 'api.leave', entry });
  cluster.submit({ kind: 'api.leave', entry: 1e6 });
});
