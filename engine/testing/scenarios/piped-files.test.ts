import { beforeAll, expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Where kubectl wants a file, whoever knows bash gives it a command's output.

let bed: Testbed;

beforeAll(() => {
  bed = new Testbed();
});

test.for([
  [`kubectl create cm a --from-env-file=<(printf 'a=b\\nc=d\\n')`, 'cm/a', '{"a":"b","c":"d"}'],
  ['kubectl create cm b --from-file=x=<(echo hi) --from-literal=y=z', 'cm/b', '{"x":"hi\\n","y":"z"}'],
  [`kubectl create secret generic c --from-file=pw=<(printf pw)`, 'secret/c', '{"pw":"cHc="}'],
  [`kubectl apply -f <(kubectl create cm d --from-literal=k=v --dry-run=client -o yaml)`, 'cm/d', '{"k":"v"}'],
  [
    `kubectl create cm e --from-literal=k=v -o yaml --dry-run=client | kubectl apply -f /dev/stdin`,
    'cm/e',
    '{"k":"v"}',
  ],
  [
    `kubectl create cm f --from-literal=k=v; kubectl patch cm f --patch-file <(echo '{"data":{"q":"r"}}')`,
    'cm/f',
    '{"k":"v","q":"r"}',
  ],
] as const)('%s', ([script, name, data]) => {
  expect(bed.sh(script)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(bed.kubectl('get', name, '-o', 'jsonpath={.data}')).toBe(data);
});

test('failure: a pipe that nothing comes through', () => {
  expect(bed.sh('kubectl apply -f <(true)').stderr).toBe('error: no objects passed to apply\n');
  expect(bed.sh('kubectl create secret tls t --cert=<(true) --key=<(true)').stderr).toBe(
    'error: tls: failed to find any PEM data in certificate input\n',
  );
});

test('who leaves a container that goes on is told how to come back', () => {
  const terminal = bed.openTerminal();
  terminal.type('kubectl run -it shell --image=busybox:1.28 -- sh\r', 8);
  terminal.type('exit\r', 3);
  expect(terminal.shown).toContain(
    "Session ended, resume using 'kubectl attach shell -c shell -i -t' command when the pod is running\r\n",
  );
  const mark = terminal.shown.length;
  terminal.type('kubectl debug shell -it --image=busybox:1.28 -c tools\r', 6);
  terminal.type('exit\r', 3);
  expect(terminal.since(mark)).toMatch(
    /reattached using 'kubectl attach shell -c tools -i -t' if it is still running\n/,
  );
  const once = terminal.shown.length;
  terminal.type('kubectl run -it once --rm --restart=Never --image=busybox:1.28 -- sh\r', 6);
  terminal.type('exit\r', 3);
  expect(terminal.since(once)).not.toContain('Session ended');
});
