import { beforeEach, expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Unit files that somebody has broken, and how they are found and mended. https://kubernetes.io/docs/tasks/debug/debug-cluster/

const CONFIG = '/var/lib/kubelet/config.yaml';
const DROP_IN = '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf';

let bed: Testbed;

beforeEach(() => {
  bed = new Testbed({ workers: [{}] });
});

const on = (command: string) => bed.run('node-1', 'bash', '-c', command);
const journal = () => on('journalctl -u kubelet --no-pager -n 40 -o cat').stdout;
const isActive = () => on('systemctl is-active kubelet').stdout.trim();

test('the unit is shown with its drop-in, and its command line is what they come to', () => {
  const { stdout } = on('systemctl cat kubelet');
  expect(stdout).toMatch(/^# \/usr\/lib\/systemd\/system\/kubelet\.service\n\[Unit\]\n/);
  expect(stdout).toContain(`[Install]\nWantedBy=multi-user.target\n\n# ${DROP_IN}\n`);
  const command =
    '/usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml';
  expect(on('systemctl status kubelet').stdout).toContain(`└─`);
  expect(on('ps aux').stdout).toContain(command);
  // Read again it is the same.
  on('systemctl daemon-reload; systemctl restart kubelet');
  expect(on('ps aux').stdout).toContain(command);
  expect(on('systemctl status kubelet').stderr).toBe('');
});

test('a wrong path of the configuration: nothing happens before the files are read anew', () => {
  on(`sed -i s#${CONFIG}#/var/lib/kubelet/konfig.yaml# ${DROP_IN}`);
  const status = on('systemctl status kubelet');
  expect(status.stderr).toBe(
    "Warning: The unit file, source configuration file or drop-ins of kubelet.service changed on disk. Run 'systemctl daemon-reload' to reload units.\n",
  );
  expect(on('systemctl restart kubelet').stderr).toContain('changed on disk');
  bed.pass(3);
  expect(isActive()).toBe('active');
  expect(on('systemctl daemon-reload; systemctl restart kubelet')).toMatchObject({ exitCode: 0, stderr: '' });
  bed.pass(12);
  expect(journal()).toContain(
    'run.go:72] "command failed" err="failed to load kubelet config file, path: /var/lib/kubelet/konfig.yaml, error: failed to load Kubelet config file /var/lib/kubelet/konfig.yaml, error failed to read kubelet config file \\"/var/lib/kubelet/konfig.yaml\\", error: open /var/lib/kubelet/konfig.yaml: no such file or directory"',
  );
  expect(on('systemctl status kubelet').stdout).toMatch(
    /Active: activating \(auto-restart\) \(Result: exit-code\) since .*\n {7}Docs: .*\n {4}Process: \d+ ExecStart=\/usr\/bin\/kubelet --.* \(code=exited, status=1\/FAILURE\)\n {3}Main PID: \d+ \(code=exited, status=1\/FAILURE\)\n/,
  );
  on(`sed -i s#konfig#config# ${DROP_IN}; systemctl daemon-reload; systemctl restart kubelet`);
  bed.pass(3);
  expect(isActive()).toBe('active');
});

test('a program that is not there, and a flag that there is not', () => {
  on(
    `sed -i 's#^ExecStart=/usr/bin/kubelet #ExecStart=/usr/local/bin/kubelet #' ${DROP_IN}; systemctl daemon-reload; systemctl restart kubelet`,
  );
  bed.pass(2);
  expect(journal()).toContain(
    "kubelet.service: Unable to locate executable '/usr/local/bin/kubelet': No such file or directory\n" +
      'kubelet.service: Failed at step EXEC spawning /usr/local/bin/kubelet: No such file or directory\n' +
      'kubelet.service: Main process exited, code=exited, status=203/EXEC\n' +
      "kubelet.service: Failed with result 'exit-code'.\n",
  );
  on(
    `sed -i 's#/usr/local/bin/kubelet#/usr/bin/kubelet#' ${DROP_IN}; echo 'KUBELET_EXTRA_ARGS="--node-ipp=10.0.0.11"' > /etc/default/kubelet; systemctl daemon-reload; systemctl restart kubelet`,
  );
  bed.pass(2);
  expect(journal()).toContain('"command failed" err="failed to parse kubelet flag: unknown flag: --node-ipp"');
  on('echo KUBELET_EXTRA_ARGS=--node-ip=10.0.0.11 > /etc/default/kubelet; systemctl restart kubelet');
  bed.pass(2);
  expect(isActive()).toBe('active');
});

test('a unit that makes no sense cannot be started, and says why in the journal', () => {
  on(
    'mkdir -p /etc/systemd/system/kubelet.service.d; printf "[Service]\\nExecStart=/usr/bin/kubelet --v=2\\nRestrat=always\\n" > /etc/systemd/system/kubelet.service.d/20-mine.conf; systemctl daemon-reload',
  );
  expect(isActive()).toBe('active');
  expect(on('systemctl restart kubelet')).toMatchObject({
    exitCode: 1,
    stderr:
      "Failed to restart kubelet.service: Unit kubelet.service has a bad unit file setting.\nSee system logs and 'systemctl status kubelet.service' for details.\n",
  });
  const { stdout } = on('systemctl status kubelet');
  expect(stdout).toContain('Loaded: bad-setting (Reason: Unit kubelet.service has a bad unit file setting.)');
  expect(stdout).toContain(
    '    Drop-In: /usr/lib/systemd/system/kubelet.service.d\n             └─10-kubeadm.conf\n             /etc/systemd/system/kubelet.service.d\n             └─20-mine.conf\n',
  );
  expect(stdout).toContain("20-mine.conf:3: Unknown key 'Restrat' in section [Service], ignoring.");
  expect(stdout).toContain(
    'kubelet.service: Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.',
  );
  on('rm -r /etc/systemd/system/kubelet.service.d; systemctl daemon-reload');
  expect(on('systemctl restart kubelet').exitCode).toBe(0);
});

test('masked units, and those that fail, in the list', () => {
  expect(on('systemctl mask kubelet').stderr).toBe(
    "Created symlink '/etc/systemd/system/kubelet.service' → '/dev/null'.\n",
  );
  expect(on('systemctl stop kubelet; systemctl start kubelet')).toMatchObject({
    exitCode: 1,
    stderr: 'Failed to start kubelet.service: Unit kubelet.service is masked.\n',
  });
  expect(on('systemctl is-enabled kubelet').stdout).toBe('masked\n');
  expect(on('systemctl status kubelet').stdout).toMatch(
    /^○ kubelet\.service\n {5}Loaded: masked \(Reason: Unit kubelet\.service is masked\.\)\n {5}Active: inactive \(dead\) since /,
  );
  expect(on('systemctl unmask kubelet').stderr).toBe("Removed '/etc/systemd/system/kubelet.service'.\n");
  expect(on('systemctl start kubelet').exitCode).toBe(0);
  on(
    'printf "[Unit]\\nDescription=Mine\\n[Service]\\nExecStart=/bin/sh -c \\"exit 3\\"\\n" > /etc/systemd/system/mine.service; systemctl daemon-reload; systemctl start mine',
  );
  bed.pass(1);
  expect(on('systemctl list-units --failed').stdout).toBe(
    '  UNIT         LOAD   ACTIVE SUB    DESCRIPTION\n● mine.service loaded failed failed Mine\n\n' +
      'Legend: LOAD   → Reflects whether the unit definition was properly loaded.\n' +
      '        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.\n' +
      '        SUB    → The low-level unit activation state, values depend on unit type.\n\n1 loaded units listed.\n',
  );
  expect(on('systemctl status mine').stdout).toContain('(code=exited, status=3/NOTIMPLEMENTED)');
  expect(on('systemctl reset-failed mine; systemctl is-failed mine').stdout).toBe('inactive\n');
});

test('systemctl edit leaves a drop-in, which counts at once', () => {
  const input = '[Service]\nEnvironment="KUBELET_EXTRA_ARGS=--v=4"\n';
  expect(on(`printf '${input.replaceAll('\n', '\\n')}' | systemctl edit --stdin kubelet`).stderr).toBe(
    "Successfully installed edited file '/etc/systemd/system/kubelet.service.d/override.conf'.\n",
  );
  on('systemctl restart kubelet');
  expect(on('ps aux').stdout).toContain('--config=/var/lib/kubelet/config.yaml --v=4');
  expect(on(`SYSTEMD_EDITOR='sed -i s/v=4/v=5/' systemctl edit kubelet; systemctl cat kubelet`).stdout).toContain(
    'KUBELET_EXTRA_ARGS=--v=5',
  );
  expect(on('SYSTEMD_EDITOR=true systemctl edit nope').stderr).toBe(
    "No files found for nope.service.\nRun 'systemctl edit --force --full nope.service' to create a new unit.\n",
  );
  on('systemctl disable kubelet containerd; reboot');
  bed.pass(60);
  expect(on('systemctl is-active kubelet; systemctl is-enabled kubelet').stdout).toBe('inactive\ndisabled\n');
  expect(on('systemctl enable --now containerd kubelet').stderr).toContain(
    "Created symlink '/etc/systemd/system/multi-user.target.wants/kubelet.service' → '/usr/lib/systemd/system/kubelet.service'.\n",
  );
  bed.pass(2);
  expect(on('ps aux').stdout).toContain('--v=5');
});

test('a machine that starts goes by what its files say then', () => {
  on(`sed -i s#${CONFIG}#/nowhere.yaml# ${DROP_IN}; reboot`);
  bed.pass(60);
  expect(journal()).toContain('open /nowhere.yaml: no such file or directory');
});

test('a kubeconfig that is not there', () => {
  on('mv /etc/kubernetes/kubelet.conf /root; systemctl restart kubelet');
  bed.pass(2);
  expect(journal()).toContain(
    '"command failed" err="failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory"',
  );
  on('mv /root/kubelet.conf /etc/kubernetes');
  bed.pass(12);
  expect(isActive()).toBe('active');
});
