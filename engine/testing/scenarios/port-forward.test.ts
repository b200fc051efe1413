import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

const WEB = `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {app: web}
spec:
  containers:
  - name: nginx
    image: nginx:1.29
    ports: [{name: http, containerPort: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 8000, targetPort: http}]
`;

test('kubectl port-forward on the workstation carries connections to a Pod until it is stopped', () => {
  const bed = new Testbed();
  bed.apply(WEB);
  bed.untilReady('web');
  const terminal = bed.openTerminal();
  expect(terminal.line('kubectl port-forward pod/web 8080:http &')).toContain('Forwarding from 127.0.0.1:8080 -> 80');
  const first = terminal.line('curl -s localhost:8080 | grep title');
  expect(first).toContain('Handling connection for 8080\n<title>Welcome to nginx!</title>');
  expect(terminal.line('curl -s localhost:8080 | grep title')).toContain('Welcome to nginx!');
  expect(terminal.line('kill %1; sleep 1; curl -s localhost:8080; echo "exit $?"', 3)).toContain('exit 7');
});

test('a Service stands for its ports; a port where nobody listens ends the forwarding', () => {
  const bed = new Testbed();
  bed.apply(WEB);
  bed.untilReady('web');
  const terminal = bed.openTerminal();
  expect(terminal.line('kubectl port-forward service/web :8000 &')).toMatch(/Forwarding from 127\.0\.0\.1:\d+ -> 80/);
  terminal.line('kubectl port-forward pod/web 8081:81 &');
  const lost = terminal.line('curl -s localhost:8081; sleep 1', 3);
  expect(lost).toContain('an error occurred forwarding 8081 -> 81');
  expect(lost).toContain('127.0.0.1:81: connect: connection refused');
  expect(lost).toContain('error: lost connection to pod');
});

test('a local port in use, a name that no port has, and a Pod that does not run are said', () => {
  const bed = new Testbed();
  bed.apply(WEB);
  bed.apply(WEB.replaceAll('name: web', 'name: waiting').replace('nginx:1.29', 'nowhere.example/none'));
  bed.untilReady('web');
  const terminal = bed.openTerminal();
  terminal.line('kubectl port-forward pod/web 8080:80 &');
  expect(bed.kubectlAnyway('port-forward', 'pod/web', '8080:80')).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('bind: address already in use'),
    stderr: 'error: unable to listen on any of the requested ports: [{8080 80}]\n',
  });
  const failures: readonly (readonly [string, string])[] = [
    ['pod/web :nope', "error: Pod 'web' does not have a named port 'nope'\n"],
    ['service/web 9', 'error: Service web does not have a service port 9\n'],
    ['pod/waiting 80', 'error: unable to forward port because pod is not running. Current status=Pending\n'],
  ];
  for (const [args, stderr] of failures) {
    expect(bed.kubectlAnyway('port-forward', ...args.split(' ')).stderr, args).toBe(stderr);
  }
});
