import { expect, test } from 'vitest';
import type { Node } from '../../api/kinds.ts';
import { scriptPod, Testbed } from './testbed.ts';

// systemctl, journalctl and shutdown on a node, as they are typed in every course on troubleshooting.

const NODE = 'node-1';
const CONFIG = '/var/lib/kubelet/config.yaml';

const on = (bed: Testbed, command: string) => bed.run(NODE, 'sh', '-c', command);
const isOn = (bed: Testbed) => bed.cluster.view().nodes.find(({ name }) => name === NODE)!.poweredOn;

function readyStatus(bed: Testbed): string | undefined {
  return bed.get<Node>('node', NODE).status?.conditions?.find(({ type }) => type === 'Ready')?.status;
}

test('a kubelet that is stopped stays down until it is started', () => {
  const bed = new Testbed();
  const status = on(bed, 'systemctl status kubelet');
  expect(status.exitCode).toBe(0);
  expect(status.stdout).toMatch(
    /^● kubelet\.service - kubelet: The Kubernetes Node Agent\n {5}Loaded: loaded \(\/usr\/lib\/systemd\/system\/kubelet\.service; enabled; preset: enabled\)\n {4}Drop-In: \/usr\/lib\/systemd\/system\/kubelet\.service\.d\n {13}└─10-kubeadm\.conf\n {5}Active: active \(running\) since /,
  );
  expect(status.stdout).toMatch(/Main PID: \d+ \(kubelet\)/);
  expect(status.stdout).toContain('systemd[1]: Started kubelet.service - kubelet: The Kubernetes Node Agent.');
  expect(on(bed, 'systemctl is-active kubelet containerd nope')).toMatchObject({
    stdout: 'active\nactive\ninactive\n',
    exitCode: 0,
  });

  expect(on(bed, 'systemctl stop kubelet; systemctl is-active kubelet')).toMatchObject({
    stdout: 'inactive\n',
    exitCode: 3,
  });
  bed.pass(60);
  expect(readyStatus(bed)).toBe('Unknown');
  expect(on(bed, 'systemctl status kubelet').exitCode).toBe(3);
  on(bed, 'systemctl start kubelet');
  bed.until('the node is back', () => readyStatus(bed) === 'True');
  expect(on(bed, 'journalctl -u kubelet --no-pager -n 3 -o cat').stdout).toBe(
    'kubelet.service: Deactivated successfully.\n' +
      'Stopped kubelet.service - kubelet: The Kubernetes Node Agent.\n' +
      'Started kubelet.service - kubelet: The Kubernetes Node Agent.\n',
  );
});

test('a kubelet whose configuration is broken says so in its journal, and is tried again', () => {
  const bed = new Testbed();
  on(bed, `cp ${CONFIG} /root/good.yaml; echo 'maxPods: many' >> ${CONFIG}; systemctl restart kubelet`);
  bed.pass(25);
  const { stdout, exitCode } = on(bed, 'systemctl status kubelet');
  expect(exitCode).toBe(3);
  expect(stdout).toContain('Active: activating (auto-restart) (Result: exit-code)');
  expect(stdout).toContain('kubelet.service: Main process exited, code=exited, status=1/FAILURE');
  const journal = on(bed, 'journalctl -xeu kubelet').stdout;
  expect(journal).toMatch(/node-1 kubelet\[\d+\]: E\d{4} \S+ +\d+ run\.go:72\] "command failed" err=/);
  expect(journal).toContain('kubelet.service: Scheduled restart job, restart counter is at 2.');
  on(bed, `cp /root/good.yaml ${CONFIG}; systemctl daemon-reload; systemctl restart kubelet`);
  bed.until('the kubelet runs', () => on(bed, 'systemctl is-active -q kubelet').exitCode === 0);
});

test('a machine that reboots comes back by itself, with what is enabled', () => {
  const bed = new Testbed();
  bed.apply(scriptPod('witness', 'trap exit TERM; while true; do date +%s; sleep 1; done'));
  bed.untilReady('witness');
  expect(on(bed, 'systemctl disable kubelet').stderr).toBe(
    "Removed '/etc/systemd/system/multi-user.target.wants/kubelet.service'.\n",
  );
  expect(on(bed, 'systemctl is-enabled kubelet')).toMatchObject({ stdout: 'disabled\n', exitCode: 1 });
  on(bed, 'reboot');
  bed.until('it is off', () => !isOn(bed));
  bed.until('it is on', () => isOn(bed));
  bed.pass(5);
  expect(on(bed, 'systemctl is-active containerd kubelet').stdout).toBe('active\ninactive\n');
  on(bed, 'systemctl enable --now kubelet');
  bed.untilReady('witness');
  expect(bed.podView('witness')?.containers.at(-1)?.restarts).toBeGreaterThan(0);
});

test('shutdown waits a minute unless told, and can be called off', () => {
  const bed = new Testbed();
  expect(on(bed, 'shutdown').stderr).toMatch(/^Shutdown scheduled for .*, use 'shutdown -c' to cancel\.\n$/);
  on(bed, 'shutdown -c');
  bed.pass(120);
  expect(isOn(bed)).toBe(true);
  expect(on(bed, 'shutdown -h soon')).toMatchObject({
    exitCode: 1,
    stderr: 'Failed to parse time specification: soon\n',
  });
  on(bed, 'shutdown -h +2');
  bed.pass(100);
  expect(isOn(bed)).toBe(true);
  bed.pass(60);
  expect(isOn(bed)).toBe(false);
  expect(bed.cluster.ready()).toBe(true);
});

test('units that are not there, verbs that are none, and machines without systemd', () => {
  const bed = new Testbed();
  expect(on(bed, 'systemctl status nope')).toMatchObject({
    exitCode: 4,
    stderr: 'Unit nope.service could not be found.\n',
  });
  expect(on(bed, 'systemctl start nope')).toMatchObject({
    exitCode: 5,
    stderr: 'Failed to start nope.service: Unit nope.service not found.\n',
  });
  expect(on(bed, 'systemctl constructor')).toMatchObject({
    exitCode: 1,
    stderr: "Unknown command verb 'constructor'.\n",
  });
  expect(on(bed, 'systemctl cat kubelet').stdout).toContain(
    'ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS',
  );
  expect(on(bed, 'systemctl list-units --type=service').stdout).toContain('containerd.service');
  expect(on(bed, 'journalctl -u nope').stdout).toBe('-- No entries --\n');
  expect(bed.sh('systemctl status kubelet')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("Can't operate."),
  });
  expect(bed.sh('systemctl constructor').exitCode).toBe(1);
});

test('what administrators have on a machine: sudo, tree and vim', () => {
  const bed = new Testbed();
  expect(on(bed, `FOO=1 sudo A=2 sh -c 'id -un; echo $A-$FOO-'`).stdout).toBe('root\n2--\n');
  expect(on(bed, 'sudo -i pwd').stdout).toBe('/root\n');
  expect(on(bed, 'sudo systemctl is-active kubelet').stdout).toBe('active\n');
  expect(on(bed, 'sudo nope')).toMatchObject({ exitCode: 1, stderr: 'sudo: nope: command not found\n' });
  expect(on(bed, 'sudo -u nobodyknows id')).toMatchObject({ exitCode: 1, stderr: 'sudo: unknown user nobodyknows\n' });
  expect(on(bed, 'mkdir -p /srv/t/d; touch /srv/t/a /srv/t/d/b /srv/t/.h; ln -s a /srv/t/z; tree /srv/t').stdout).toBe(
    '/srv/t\n├── a\n├── d\n│   └── b\n└── z -> a\n\n2 directories, 3 files\n',
  );
  expect(on(bed, 'tree /nope')).toMatchObject({ exitCode: 2 });
  expect(on(bed, 'tree -L 1 -d /srv/t').stdout).toBe('/srv/t\n└── d\n\n2 directories\n');
  expect(bed.sh('command -v vim').stdout).toBe('/usr/bin/vim\n');
});

test('what a node says of itself, and what is told to its journal', () => {
  const bed = new Testbed();
  expect(on(bed, 'hostnamectl').stdout).toMatch(
    /^ +Static hostname: node-1\n +Icon name: computer-vm\n +Chassis: vm\n +Boot ID: [0-9a-f]{32}\nOperating System: Debian GNU\/Linux 13 \(trixie\)\n +Kernel: Linux 6\.12\.57\+deb13-amd64\n +Architecture: x86-64\n$/,
  );
  expect(on(bed, 'timedatectl').stdout).toMatch(/Time zone: Etc\/UTC \(UTC, \+0000\)\n/);
  expect(on(bed, 'modprobe br_netfilter && modprobe -a overlay ip-vs; echo $?; modprobe zfs')).toMatchObject({
    stdout: '0\n',
    stderr: 'modprobe: FATAL: Module zfs not found in directory /lib/modules/6.12.57+deb13-amd64\n',
  });
  expect(on(bed, 'logger -t backup all is well; journalctl -t backup -o cat').stdout).toBe('all is well\n');
  bed.apply(scriptPod('web', 'sleep 1000'));
  bed.untilReady('web');
  expect(bed.kubectlAnyway('exec', 'web', '--', 'sh', '-c', 'logger lost; echo $?').stdout).toBe('0\n');
});
