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
