import { expect, test } from 'vitest';
import { writeSigningRequest } from '../../linux/tls/signing-request.ts';
import { Workstation } from '../testing/workstation.ts';

const subject = [
  ['CN', 'jane'],
  ['O', 'devs'],
  ['O', 'testers'],
] as const;

test('a request for a certificate is taken apart', () => {
  const workstation = new Workstation();
  const wanted = { subject, dnsNames: ['a.example'], addresses: ['10.0.0.5'] };
  const pem = writeSigningRequest(wanted, new Uint8Array(256).fill(1));
  workstation.api('POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests', {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'jane', labels: { team: 'a', app: 'b' } },
    spec: {
      request: btoa(pem),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
      expirationSeconds: 86_400,
    },
  });
  const lines = workstation.run('describe csr jane').stdout.split('\n');
  expect(lines.filter((line) => !/^(CreationTimestamp|Requesting User)/.test(line)).join('\n')).toBe(`\
Name:                jane
Labels:              app=b,team=a
Annotations:         <none>
Signer:              kubernetes.io/kube-apiserver-client
Requested Duration:  24h
Status:              Pending
Subject:
  Common Name:    jane
  Serial Number:  
  Organization:   devs
                  testers
Subject Alternative Names:
         DNS Names:     a.example
         IP Addresses:  10.0.0.5
Events:  <none>
`);
});

test('the drivers of a node, classes of attributes, ranges and addresses of Services', () => {
  const workstation = new Workstation();
  workstation.api('POST', '/apis/storage.k8s.io/v1/csinodes', {
    metadata: { name: 'node-1' },
    spec: {
      drivers: [{ name: 'd.example', nodeID: 'n1', topologyKeys: ['zone', 'host'], allocatable: { count: 3 } }],
    },
  });
  workstation.api('POST', '/apis/storage.k8s.io/v1/volumeattributesclasses', {
    metadata: { name: 'fast' },
    driverName: 'd.example',
    parameters: { iops: '3000', burst: 'yes' },
  });
  workstation.api('POST', '/apis/networking.k8s.io/v1/servicecidrs', {
    metadata: { name: 'more' },
    spec: { cidrs: ['10.97.0.0/24'] },
  });
  workstation.api('POST', '/apis/networking.k8s.io/v1/ipaddresses', {
    metadata: { name: '10.97.0.9' },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } },
  });
  const described = (what: string) => workstation.run(`describe ${what}`).stdout.replace(/CreationTimestamp.*\n/, '');
  expect(described('csinode node-1')).toBe(`\
Name:               node-1
Labels:             <none>
Annotations:        <none>
Spec:
  Drivers:
    d.example:
      Node ID:  n1
      Allocatables:
        Count:        3
      Topology Keys:  [zone host]
Events:               <none>
`);
  expect(described('vac fast')).toBe(`\
Name:         fast
Annotations:  <none>
DriverName:   d.example
Parameters:   burst=yes,iops=3000
Events:       <none>
`);
  expect(described('servicecidr more')).toBe(`\
Name:         more
Labels:       <none>
Annotations:  <none>
CIDRs:        10.97.0.0/24
Events:       <none>
`);
  expect(described('ipaddress 10.97.0.9')).toBe(`\
Name:         10.97.0.9
Labels:       <none>
Annotations:  <none>
Parent Reference:
  Group:      
  Resource:   services
  Namespace:  default
  Name:       web
Events:       <none>
`);
});

test('what is said for a Pod as a whole, profiles, devices, images as volumes, and how its like are spread', () => {
  const workstation = new Workstation();
  const spread = (topologyKey: string, labelSelector?: object) => {
    return { topologyKey, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', ...(labelSelector && { labelSelector }) };
  };
  const spec = {
    automountServiceAccountToken: false,
    resources: { limits: { cpu: '1' }, requests: { cpu: '500m' } },
    securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' } },
    containers: [
      {
        name: 'c',
        image: 'nginx',
        securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
        volumeDevices: [
          { name: 'other', devicePath: '/dev/b' },
          { name: 'disk', devicePath: '/dev/a' },
        ],
      },
    ],
    volumes: [
      { name: 'disk', persistentVolumeClaim: { claimName: 'd' } },
      { name: 'other', persistentVolumeClaim: { claimName: 'o' } },
      { name: 'model', image: { reference: 'models/m:1', pullPolicy: 'IfNotPresent' } },
    ],
    topologySpreadConstraints: [
      spread('zone', { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] }),
      spread('host', {}),
    ],
  };
  const pods = '/api/v1/namespaces/default/pods';
  workstation.api('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
  const text = workstation.run('describe pod p').stdout;
  const without = (block: string) => block.replace(/ +/g, ' ');
  for (const block of [
    'SeccompProfile: Localhost\nLocalhostProfile: p.json\nIP:',
    'Resources:\n Limits:\n cpu: 1\n Requests:\n cpu: 500m\nContainers:',
    ' Host Port: <none>\n SeccompProfile: RuntimeDefault\n',
    ' Devices: <none>\n /dev/a from disk\n /dev/b from other\n',
    ' model:\n Type: Image (a container image or OCI artifact)\n Reference: models/m:1\n PullPolicy: IfNotPresent\n',
    'Topology Spread Constraints: host:ScheduleAnyway when max skew 1 is exceeded for selector <none>\n' +
      ' zone:ScheduleAnyway when max skew 1 is exceeded for selector app in (a,b)\n',
  ]) {
    expect(without(text)).toContain(block);
  }
});

test('a template says how its Pods are spread, and a long list of indexes ends at a comma', () => {
  const workstation = new Workstation();
  const template = {
    metadata: { labels: { app: 'x' } },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'busybox' }],
      topologySpreadConstraints: [{ topologyKey: 'zone', maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule' }],
    },
  };
  const jobs = '/apis/batch/v1/namespaces/default/jobs';
  workstation.api('POST', jobs, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: { completionMode: 'Indexed', completions: 500, template },
  });
  const completedIndexes = Array.from({ length: 20 }, (_, index) => 100 + 2 * index).join(',');
  workstation.api('PATCH', `${jobs}/j/status`, { status: { completedIndexes, startTime: '2026-01-12T09:00:00Z' } });
  const text = workstation.run('describe job j').stdout;
  expect(text).toContain('  Topology Spread Constraints:  zone:DoNotSchedule when max skew 2 is exceeded\n');
  expect(/Completed Indexes: +(.*)/.exec(text)?.[1]).toBe('100,102,104,106,108,110,112,114,116,118,120,122,124,...');
});

test('the empty text among the values of a field is told', () => {
  const text = new Workstation().run('explain pod.spec.volumes.hostPath.type').stdout;
  expect(text).toContain('FIELD: type <string>\nENUM:\n    ""\n    BlockDevice\n');
});
