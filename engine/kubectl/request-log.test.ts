import { expect, test } from 'vitest';
import { Workstation } from './testing/workstation.ts';

const masked = (text: string) =>
  text.replace(/^I\d{4} \d\d:\d\d:\d\d\.\d{6} {5}100 /gm, 'I ').replace(/milliseconds=\d+/g, 'milliseconds=0');

const LOADED = 'I loader.go:405] Config loaded from file:  /root/.kube/config\n';
const URL = 'https://10.0.0.10:6443/api/v1/namespaces/default';

test('-v=6 shows each request', () => {
  expect(masked(new Workstation().run('get ns default -v=6').stderr)).toBe(
    `${LOADED}I round_trippers.go:632] "Response" verb="GET" url="${URL}" status="200 OK" milliseconds=0\n`,
  );
});

test('-v=7 shows its headers', () => {
  expect(masked(new Workstation().run('get pod nope -v=7').stderr)).toBe(
    `${LOADED}I round_trippers.go:527] "Request" verb="GET" url="${URL}/pods/nope" headers=<\n` +
      '\tAccept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json\n' +
      '\tUser-Agent: kubectl/v1.36.2 (linux/amd64) kubernetes\n >\n' +
      'I round_trippers.go:632] "Response" status="404 Not Found" milliseconds=0\n' +
      'Error from server (NotFound): pods "nope" not found\n',
  );
});

test('-v=8 shows bodies, cut; -v=9 whole ones and a curl command', () => {
  const workstation = new Workstation();
  const eight = masked(workstation.run('create configmap a --from-literal=x=1 --dry-run=server -v=8').stderr);
  expect(eight).toContain('I helper.go:105] "Request Body" body="{\\"apiVersion\\":\\"v1\\"');
  expect(eight).toContain(`url="${URL}/configmaps?dryRun=All&fieldManager=kubectl-create&fieldValidation=Strict"`);
  expect(workstation.run('get nodes -v=8').stderr).toMatch(/ \[truncated \d+ chars\]"\n/);
  const nine = workstation.run('get nodes -v=9').stderr;
  expect(nine).toContain('\tcurl -v -XGET  -H "Accept: application/json;as=Table');
  expect(nine).not.toContain('truncated');
});
