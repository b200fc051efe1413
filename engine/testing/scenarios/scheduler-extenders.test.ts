import { expect, test } from 'vitest';
import { configureScheduler } from './scheduler-bed.ts';
import { Testbed } from './testbed.ts';

// A learner's scheduler extender: a server in a Pod, behind a Service that the scheduler on the control-plane machine reaches.

const ADDRESS = '10.96.0.200';

const service = `apiVersion: v1
kind: Service
metadata: {name: extender}
spec: {clusterIP: ${ADDRESS}, selector: {app: extender}, ports: [{port: 80}]}
`;

/** An nginx that gives the same answer to everybody who asks at a path. */
function nginx(answers: Readonly<Record<string, object>>): string {
  const locations = Object.entries(answers).map(
    ([path, answer]) =>
      `    location ${path} { default_type application/json; return 200 '${JSON.stringify(answer)}'; }\n`,
  );
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: extender}
data:
  default.conf: |
    server {
    listen 80;
${locations.join('')}    }
---
apiVersion: v1
kind: Pod
metadata: {name: extender, labels: {app: extender}}
spec:
  nodeName: node-1
  containers:
  - {name: nginx, image: "nginx:1.29", volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]}
  volumes: [{name: conf, configMap: {name: extender}}]
---
${service}`;
}

const pod = (name: string, more = '') => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers: [{name: c, image: "nginx:1.29"${more}}]
`;

const THREE = { workers: [{}, {}, {}] };

test('an nginx keeps Pods from one node and prefers another; without it they wait until it is back', () => {
  const bed = new Testbed(THREE);
  bed.apply(
    nginx({
      '/scheduler/filter': { NodeNames: ['node-1', 'node-3'], FailedNodes: { 'node-2': 'node(s) were too warm' } },
      '/scheduler/prioritize': [{ Host: 'node-3', Score: 10 }],
    }),
  );
  bed.untilReady('extender');
  configureScheduler(
    bed,
    `extenders:
- urlPrefix: http://${ADDRESS}/scheduler
  filterVerb: filter
  prioritizeVerb: prioritize
  weight: 5
  nodeCacheCapable: true
  httpTimeout: 2s
`,
  );
  bed.pass(40);
  bed.apply(pod('web'));
  bed.untilReady('web');
  expect(bed.nodeOf('web')).toBe('node-3');
  expect(bed.cluster.explainScheduling('web')).toMatchObject({
    node: 'node-3',
    extenders: [
      { extender: `http://${ADDRESS}/scheduler`, verb: 'filter', nodes: ['node-1', 'node-3'] },
      { verb: 'prioritize', scores: [{ host: 'node-3', score: 10 }] },
    ],
  });

  bed.kubectl('delete', 'pod', 'extender', '--now');
  bed.apply(pod('second'));
  bed.pass(10);
  expect(bed.eventsOf('second')).toContain(
    `FailedScheduling: Post "http://${ADDRESS}/scheduler/filter": dial tcp ${ADDRESS}:80: connect: connection refused`,
  );
  bed.apply(nginx({ '/scheduler/filter': { NodeNames: [], FailedNodes: { 'node-1': 'closed', 'node-3': 'closed' } } }));
  // The event goes on as a series of what was said first; the condition tells the latest.
  const why = () => bed.pod('second').status?.conditions?.find(({ type }) => type === 'PodScheduled');
  bed.until('the extender is asked again', () => why()?.reason === 'Unschedulable');
  expect(why()?.message).toMatch(/^0\/4 nodes are available: 1 node\(s\) had untolerated taint\(s\), 2 closed\. /);
});

test('one that never answers is waited for as long as the configuration says', () => {
  const bed = new Testbed(THREE);
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: extender, labels: {app: extender}}
spec:
  nodeName: node-1
  containers: [{name: c, image: "busybox:1.36", command: [sh, -c, "sleep 1000 | nc -l -p 80"]}]
---
${service}`);
  bed.untilReady('extender');
  const extender = `- {urlPrefix: "http://${ADDRESS}", filterVerb: filter, httpTimeout: 3s`;
  configureScheduler(bed, `extenders:\n${extender}}\n`);
  bed.pass(40);
  bed.apply(pod('web'));
  bed.pass(2);
  expect(bed.eventsOf('web')).toEqual([]);
  bed.pass(2);
  expect(bed.eventsOf('web')).toEqual([
    `FailedScheduling: Post "http://${ADDRESS}/filter": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
  ]);
});

test('an extender in shell binds Pods itself, and counts out what no node has', () => {
  const bed = new Testbed(THREE);
  bed.apply(`apiVersion: v1
kind: ServiceAccount
metadata: {name: binder}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: binder}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: binder, namespace: default}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: extender}
data:
  serve.sh: |
    token=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)
    mkfifo /tmp/reply
    while true; do
      nc -l -p 80 < /tmp/reply | {
        exec 3> /tmp/reply
        read -r method path version
        length=0
        while read -r name value && [ "$name" != "$(printf '\\r')" ]; do
          case $name in [Cc]ontent-[Ll]ength:) length=$(echo "$value" | tr -d '\\r');; esac
        done
        head -c "$length" > /tmp/asked
        namespace=$(jq -r .PodNamespace /tmp/asked) name=$(jq -r .PodName /tmp/asked) node=$(jq -r .Node /tmp/asked)
        echo "$path $namespace/$name to $node"
        curl -sk -o /dev/null -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \\
          -d '{"apiVersion":"v1","kind":"Binding","metadata":{"name":"'$name'"},"target":{"kind":"Node","name":"'$node'"}}' \\
          https://kubernetes.default/api/v1/namespaces/$namespace/pods/$name/binding
        printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\n{}' >&3
      }
    done
---
apiVersion: v1
kind: Pod
metadata: {name: extender, labels: {app: extender}}
spec:
  nodeName: node-1
  serviceAccountName: binder
  containers:
  - {name: c, image: "nicolaka/netshoot:v0.13", command: [bash, /etc/extender/serve.sh], volumeMounts: [{name: script, mountPath: /etc/extender}]}
  volumes: [{name: script, configMap: {name: extender}}]
---
${service}`);
  bed.untilReady('extender');
  configureScheduler(
    bed,
    `extenders:
- urlPrefix: http://${ADDRESS}
  bindVerb: bind
  managedResources: [{name: example.com/licence, ignoredByScheduler: true}]
`,
  );
  bed.pass(40);
  bed.apply(pod('licensed', ', resources: {limits: {example.com/licence: 1}}'));
  bed.apply(pod('plain'));
  bed.untilReady('plain');
  bed.pass(5);
  expect(bed.kubectl('logs', 'extender')).toBe(`/bind default/licensed to ${bed.nodeOf('licensed')}\n`);
  bed.untilReady('licensed');
});

test('over HTTPS it must be the one that the configuration trusts', () => {
  const bed = new Testbed(THREE);
  const made =
    bed.sh(`openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -days 30 -subj /CN=extender \\
    -addext subjectAltName=DNS:extender.example
kubectl create secret tls extender --cert=tls.crt --key=tls.key >&2
base64 -w0 tls.crt`);
  expect(made.exitCode).toBe(0);
  bed.apply(`apiVersion: v1
kind: ConfigMap
metadata: {name: extender}
data:
  default.conf: |
    server {
      listen 443 ssl;
      ssl_certificate /tls/tls.crt;
      ssl_certificate_key /tls/tls.key;
      location /filter { return 200 '{"NodeNames": ["node-2"]}'; }
    }
---
apiVersion: v1
kind: Pod
metadata: {name: extender, labels: {app: extender}}
spec:
  nodeName: node-1
  containers:
  - name: nginx
    image: nginx:1.29
    volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}, {name: tls, mountPath: /tls}]
  volumes: [{name: conf, configMap: {name: extender}}, {name: tls, secret: {secretName: extender}}]
---
${service.replace('port: 80', 'port: 443')}`);
  bed.untilReady('extender');
  // The first does not know the authority, and can be ignored; the second does, and knows the server by another name.
  const extender = (more: string) =>
    `- {urlPrefix: "https://${ADDRESS}", filterVerb: filter, nodeCacheCapable: true, ${more}}\n`;
  configureScheduler(
    bed,
    `extenders:
${extender('ignorable: true')}${extender(`enableHTTPS: true, tlsConfig: {caData: ${made.stdout}, serverName: extender.example}`)}`,
  );
  bed.pass(40);
  bed.apply(pod('web'));
  bed.untilReady('web');
  expect(bed.nodeOf('web')).toBe('node-2');
  const { extenders } = bed.cluster.explainScheduling('web')!;
  expect(extenders).toMatchObject([
    { nodes: ['node-2'] },
    {
      ignored: true,
      error:
        `Post "https://${ADDRESS}/filter": tls: failed to verify certificate: x509: ` +
        `cannot validate certificate for ${ADDRESS} because it doesn't contain any IP SANs`,
    },
  ]);
});

test("a second scheduler in a Pod finds its extender by the Service's name", () => {
  const bed = new Testbed(THREE);
  bed.apply(nginx({ '/filter': { NodeNames: ['node-2'] } }));
  bed.untilReady('extender');
  bed.apply(`apiVersion: v1
kind: ConfigMap
metadata: {name: mine, namespace: kube-system}
data:
  config.yaml: |
    apiVersion: kubescheduler.config.k8s.io/v1
    kind: KubeSchedulerConfiguration
    leaderElection: {leaderElect: false}
    profiles: [{schedulerName: mine}]
    extenders:
    - {urlPrefix: "http://extender.default.svc", filterVerb: filter, nodeCacheCapable: true}
---
apiVersion: v1
kind: Pod
metadata: {name: mine, namespace: kube-system}
spec:
  containers:
  - name: kube-scheduler
    image: registry.k8s.io/kube-scheduler:v1.36.2
    command: [kube-scheduler, --config=/etc/mine/config.yaml]
    volumeMounts: [{name: config, mountPath: /etc/mine}]
  volumes: [{name: config, configMap: {name: mine}}]
`);
  bed.until('the scheduler runs', () => bed.podView('mine', 'kube-system')?.ready === true);
  bed.apply(pod('web').replace('spec:', 'spec:\n  schedulerName: mine'));
  bed.apply(pod('other'));
  bed.untilReady('web');
  bed.untilReady('other');
  expect(bed.nodeOf('web')).toBe('node-2');
  expect(bed.rawEventsOf('web').find(({ reason }) => reason === 'Scheduled')).toMatchObject({
    reportingComponent: 'mine',
  });
  expect(bed.cluster.explainScheduling('web')?.extenders).toMatchObject([{ verb: 'filter', nodes: ['node-2'] }]);
  expect(bed.cluster.explainScheduling('other')?.node).toBe(bed.nodeOf('other'));
});
