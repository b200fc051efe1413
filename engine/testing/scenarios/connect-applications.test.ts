import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/tutorials/services/connect-applications-service/#securing-the-service

const CONF = (text: string) => `server {
  listen 80;
  listen 443 ssl;
  ssl_certificate /etc/nginx/ssl/tls.crt;
  ssl_certificate_key /etc/nginx/ssl/tls.key;
  location / { return 200 "${text}"; }
}
`;

const APPLICATION = `apiVersion: v1
kind: Service
metadata: {name: secure}
spec:
  ports: [{name: http, port: 80}, {name: https, port: 443}]
  selector: {app: secure}
---
apiVersion: v1
kind: Pod
metadata: {name: secure, labels: {app: secure}}
spec:
  volumes:
  - {name: keys, secret: {secretName: keys}}
  - {name: conf, configMap: {name: conf}}
  containers:
  - name: web
    image: bprashanth/nginxhttps:1.0
    volumeMounts:
    - {name: keys, mountPath: /etc/nginx/ssl}
    - {name: conf, mountPath: /etc/nginx/conf.d}
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  volumes:
  - {name: keys, secret: {secretName: keys}}
  containers:
  - name: curl
    image: radial/busyboxplus:curl
    command: [sh, -c, while true; do sleep 1; done]
    volumeMounts:
    - {name: keys, mountPath: /keys}
`;

test('a Service is reached over TLS by the name in its certificate, and its nginx notices a new configuration', () => {
  const bed = new Testbed();
  const files = '-keyout /tmp/tls.key -out /tmp/tls.crt';
  bed.sh(`openssl req -x509 -nodes -days 365 -newkey rsa:2048 ${files} -subj /CN=secure/O=secure`);
  bed.kubectl('create', 'secret', 'tls', 'keys', '--key', '/tmp/tls.key', '--cert', '/tmp/tls.crt');
  bed.kubectl('create', 'configmap', 'conf', `--from-literal=default.conf=${CONF('first')}`);
  bed.apply(APPLICATION);
  bed.untilReady('secure');
  bed.untilReady('client');
  const ask = (...args: readonly string[]) => bed.kubectlAnyway('exec', 'client', '--', 'curl', '-s', ...args);
  expect(ask('https://secure', '--cacert', '/keys/tls.crt').stdout).toBe('first');
  expect(ask('https://secure').exitCode).toBe(60);
  const patch = JSON.stringify({ data: { 'default.conf': CONF('second') } });
  bed.kubectl('patch', 'configmap', 'conf', '-p', patch);
  bed.pass(120);
  expect(ask('-k', 'https://secure').stdout).toBe('second');
});
