import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

const WEB = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: nginx, image: "nginx:1.29"}]
`;

test('kubectl debug -it puts a shell beside a running container, and sees its processes with --target', () => {
  const bed = new Testbed();
  bed.apply(WEB);
  bed.untilReady('web');
  const terminal = bed.openTerminal();
  const began = terminal.line('kubectl debug web -it --image=busybox:1.37 --target=nginx --profile=general', 8);
  expect(began).toContain('Defaulting debug container name to debugger-');
  expect(terminal.line('ps')).toContain('nginx -g daemon off;');
  expect(terminal.line('wget -qO- localhost | grep title')).toContain('Welcome to nginx!');
  terminal.line('exit', 2);
  expect(bed.pod('web').status?.ephemeralContainerStatuses?.[0]?.state?.terminated?.exitCode).toBe(0);
  expect(bed.podView('web')?.ready).toBe(true);
});

test('kubectl debug node runs in the namespaces of the node, with its files below /host', () => {
  const bed = new Testbed();
  const terminal = bed.openTerminal();
  terminal.line('kubectl debug node/node-1 -it --image=busybox:1.37 --profile=general', 8);
  expect(terminal.line('cat /host/etc/hostname')).toContain('node-1');
  expect(terminal.line('ps')).toContain('kubelet');
  terminal.line('exit', 2);
});

test('kubectl debug shows the log of a command that is over before anybody could attach', () => {
  const bed = new Testbed();
  const terminal = bed.openTerminal();
  const line = 'kubectl debug node/node-1 -it --image=busybox:1.37 --profile=general -- chroot /host cat /etc/hostname';
  expect(terminal.line(line, 8)).toMatch(/^node-1\r?$/m);
});
