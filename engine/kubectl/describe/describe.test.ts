import { expect, test } from 'vitest';
import { DEPLOYMENT, POD } from '../testing/manifests.ts';
import { Workstation } from '../testing/workstation.ts';

// The layouts are those of a real kubectl describing the same objects.

const CORE = '/api/v1/namespaces/default';

test('a running Pod', () => {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: POD });
  const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' };
  workstation.api('POST', `${CORE}/pods/web/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'web' },
    target,
  });
  const startedAt = '2026-01-12T09:00:00Z';
  const finishedAt = '2026-01-12T09:00:02Z';
  workstation.api('PATCH', `${CORE}/pods/web/status`, {
    status: {
      phase: 'Running',
      hostIP: '10.0.0.1',
      podIP: '10.1.0.5',
      podIPs: [{ ip: '10.1.0.5' }],
      startTime: startedAt,
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [
        {
          name: 'nginx',
          ready: true,
          restartCount: 2,
          image: 'nginx',
          imageID: 'sha256:2',
          containerID: 'containerd://2',
          state: { running: { startedAt } },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt, finishedAt } },
        },
        {
          name: 'side',
          ready: false,
          restartCount: 0,
          image: 'busybox',
          imageID: '',
          state: { waiting: { reason: 'CrashLoopBackOff' } },
        },
      ],
    },
  });
  const pod = workstation.api('GET', `${CORE}/pods/web`) as { metadata: { uid: string } };
  workstation.api('POST', `${CORE}/events`, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e', namespace: 'default' },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'web', namespace: 'default', uid: pod.metadata.uid },
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off\x1b[31m',
    count: 3,
    firstTimestamp: '2026-01-12T08:59:00Z',
    lastTimestamp: startedAt,
    source: { component: 'kubelet' },
  });
  const { stdout } = workstation.run('describe pod web');
  expect(stdout.replaceAll(/kube-api-access-\w{5}/g, 'kube-api-access-xxxxx')).toBe(`Name:             web
Namespace:        default
Priority:         0
Service Account:  default
Node:             node-1/10.0.0.1
Start Time:       Mon, 12 Jan 2026 09:00:00 +0000
Labels:           app=web
Annotations:      <none>
Status:           Running
IP:               10.1.0.5
IPs:
  IP:  10.1.0.5
Containers:
  nginx:
    Container ID:   containerd://2
    Image:          nginx
    Image ID:       sha256:2
    Port:           80/TCP (http)
    Host Port:      0/TCP (http)
    State:          Running
      Started:      Mon, 12 Jan 2026 09:00:00 +0000
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Started:      Mon, 12 Jan 2026 09:00:00 +0000
      Finished:     Mon, 12 Jan 2026 09:00:02 +0000
    Ready:          True
    Restart Count:  2
    Readiness:      http-get http://:80/ delay=0s timeout=1s period=10s #success=1 #failure=3
    Environment:    <none>
    Mounts:
      /data from data (rw)
      /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-xxxxx (ro)
  side:
    Container ID:  
    Image:         busybox
    Image ID:      
    Port:          <none>
    Host Port:     <none>
    Command:
      sh
      -c
      sleep 1
    State:          Waiting
      Reason:       CrashLoopBackOff
    Ready:          False
    Restart Count:  0
    Requests:
      cpu:        100m
    Environment:  <none>
    Mounts:
      /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-xxxxx (ro)
Conditions:
  Type    Status
  Ready   False 
Volumes:
  data:
    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:     
    SizeLimit:  <unset>
  kube-api-access-xxxxx:
    Type:                    Projected (a volume that contains injected data from multiple sources)
    TokenExpirationSeconds:  3607
    ConfigMapName:           kube-root-ca.crt
    Optional:                false
    DownwardAPI:             true
QoS Class:                   Burstable
Node-Selectors:              <none>
Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                             node.kubernetes.io/unreachable:NoExecute op=Exists for 300s
Events:
  Type     Reason   Age               From     Message
  ----     ------   ----              ----     -------
  Warning  BackOff  1s (x3 over 61s)  kubelet  Back-off^[[31m
`);
});

test('a Deployment with an old and a new ReplicaSet', () => {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: DEPLOYMENT });
  addRevisions(workstation);
  expect(workstation.run('describe deploy/web').stdout).toBe(`Name:                   web
Namespace:              default
CreationTimestamp:      Mon, 12 Jan 2026 09:00:01 +0000
Labels:                 <none>
Annotations:            deployment.kubernetes.io/revision: 2
Selector:               app=web
Replicas:               2 desired | 0 updated | 0 total | 0 available | 0 unavailable
StrategyType:           RollingUpdate
MinReadySeconds:        0
RollingUpdateStrategy:  25% max unavailable, 25% max surge
Pod Template:
  Labels:  app=web
  Containers:
   nginx:
    Image:         nginx
    Port:          <none>
    Host Port:     <none>
    Environment:   <none>
    Mounts:        <none>
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
OldReplicaSets:    web-h1 (0/0 replicas created)
NewReplicaSet:     web-h2 (0/2 replicas created)
Events:            <none>
`);
});

test('history and undo of a rollout', () => {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: DEPLOYMENT });
  addRevisions(workstation);
  expect(workstation.run('rollout history deploy/web').stdout).toBe(
    'deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n',
  );
  expect(workstation.run('rollout undo deploy/web --to-revision=9').stderr).toBe(
    'error: unable to find specified revision 9 in history\n',
  );
  expect(workstation.run('rollout undo deploy/web --to-revision=2').stdout).toBe(
    'deployment.apps/web skipped rollback (current template already matches revision 2)\n',
  );
  expect(workstation.run('rollout undo deploy/web').stdout).toBe('deployment.apps/web rolled back\n');
  expect(workstation.run('get deploy web -o jsonpath={.spec.template.spec.containers[0].image}').stdout).toBe(
    'nginx:0',
  );
  expect(workstation.run('rollout pause deploy/web').stdout).toBe('deployment.apps/web paused\n');
  expect(workstation.run('rollout pause deploy/web').stderr).toBe('error: deployments.apps "web" is already paused\n');
  expect(workstation.run('rollout resume deploy/web').stdout).toBe('deployment.apps/web resumed\n');
  expect(workstation.run('rollout restart deploy/web').stdout).toBe('deployment.apps/web restarted\n');
});

interface Stored {
  readonly metadata: { readonly uid: string };
  readonly spec: {
    readonly template: { readonly metadata: object; readonly spec: { readonly containers: readonly object[] } };
  };
}

/** What the deployment controller would have made. */
function addRevisions(workstation: Workstation): void {
  const deployments = '/apis/apps/v1/namespaces/default/deployments/web';
  const { metadata, spec } = workstation.api('GET', deployments) as Stored;
  for (const [revision, image] of [
    [1, 'nginx:0'],
    [2, 'nginx'],
  ] as const) {
    const labels = { app: 'web', 'pod-template-hash': `h${revision}` };
    const containers = spec.template.spec.containers.map((container) => ({ ...container, image }));
    workstation.api('POST', '/apis/apps/v1/namespaces/default/replicasets', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `web-h${revision}`,
        labels,
        annotations: { 'deployment.kubernetes.io/revision': String(revision) },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: metadata.uid, controller: true },
        ],
      },
      spec: {
        replicas: revision === 2 ? 2 : 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { ...spec.template.spec, containers } },
      },
    });
  }
  const annotations = {
    'deployment.kubernetes.io/revision': '2',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
  };
  workstation.api('PATCH', deployments, { metadata: { annotations } });
}
