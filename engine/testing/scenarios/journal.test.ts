import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// What journalctl picks out of the journal, in which form, and units that are started too often.
// https://man7.org/linux/man-pages/man1/journalctl.1.html

const bed = new Testbed();
const on = (line: string) => bed.run('node-1', 'bash', '-c', line);
const lines = (options: string) => on(`journalctl -u kubelet ${options}`).stdout.trim().split('\n');

test('a unit that fails again and again is given up, until that is forgiven', () => {
  on(`printf '[Service]\nExecStart=/bin/false\nRestart=always\n' > /etc/systemd/system/flaky.service
    systemctl daemon-reload; systemctl start flaky`);
  bed.pass(5);
  expect(on('systemctl status flaky').stdout).toContain('Active: failed (Result: exit-code)');
  const said = on('journalctl -u flaky -o cat').stdout;
  expect(said).toContain('flaky.service: Scheduled restart job, restart counter is at 5.\n');
  expect(said).toMatch(
    /flaky.service: Start request repeated too quickly.\nflaky.service: Failed with result 'exit-code'.\nFailed to start flaky.service.\n$/,
  );
  const again = on('systemctl start flaky');
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toBe(
    'Job for flaky.service failed because the control process exited with error code.\n' +
      'See "systemctl status flaky.service" and "journalctl -xeu flaky.service" for details.\n',
  );
  expect(on('systemctl reset-failed flaky; systemctl start flaky').exitCode).toBe(0);
});

test('a service that ends well is not started for ever either, and the limit can be lifted', () => {
  on(`printf '[Unit]\nStartLimitBurst=2\nStartLimitIntervalSec=1h\n[Service]\nExecStart=/bin/sleep 1000\n' > /etc/systemd/system/nap.service
    systemctl daemon-reload; systemctl start nap; systemctl restart nap`);
  expect(on('systemctl restart nap').stderr).toContain(
    'Job for nap.service failed because start of the service was attempted too often.\n',
  );
  expect(on('systemctl is-active nap').stdout).toBe('failed\n');
  expect(on('systemctl show nap -p Result').stdout).toBe('Result=start-limit-hit\n');
  on(`sed -i 's/=1h/=0/' /etc/systemd/system/nap.service; systemctl daemon-reload; systemctl reset-failed nap`);
  expect(on('for i in 1 2 3 4; do systemctl restart nap || exit; done; systemctl is-active nap').stdout).toBe(
    'active\n',
  );
});

test('entries are found by time, weight, words and fields', () => {
  const bad = 'sed -i s/^kind:.*/kind:/ /var/lib/kubelet/config.yaml';
  on(`cp /var/lib/kubelet/config.yaml /root; ${bad}; systemctl restart kubelet`);
  bed.pass(25);
  expect(lines('-p err')).toEqual(['-- No entries --']);
  expect(lines('-p warning').every((line) => line.includes("Failed with result 'exit-code'"))).toBe(true);
  expect(lines('-p warning..notice').some((line) => line.includes('Main process exited'))).toBe(true);
  expect(on('journalctl -p loud').stderr).toContain('Unknown log level loud');
  expect(lines('-g "command failed"')[0]).toMatch(/kubelet\[\d+\]: E/);
  expect(lines('--since "1 hour 30 min ago"').length).toBeGreaterThan(5);
  expect(lines('--since -5s').length).toBeLessThan(lines('--since 09:00').length);
  expect(lines('--since tomorrow')).toEqual(['-- No entries --']);
  expect(on('journalctl --since soon').stderr).toContain('Failed to parse timestamp: soon');
  expect(on('journalctl -u "kube*" SYSLOG_IDENTIFIER=systemd -n 1').stdout).toContain(' systemd[1]: ');
  expect(on('journalctl fly').stderr).toContain("Failed to add match 'fly': Invalid argument");
  expect(on('journalctl -q -u nope').stdout).toBe('');
});

test('they are shown in many forms, with their meaning on demand', () => {
  expect(lines('-n 1 -o short-iso')[0]).toMatch(/^2026-01-12T09:\d\d:\d\d\+00:00 node-1 /);
  expect(lines('-n 1 -o short-precise --no-hostname')[0]).toMatch(/^Jan 12 09:\d\d:\d\d\.\d{6} (kubelet|systemd)\[/);
  expect(lines('-n 1 -o short-full')[0]).toMatch(/^Mon 2026-01-12 09:\d\d:\d\d UTC node-1 /);
  expect(JSON.parse(lines('-p warning -n 1 -o json')[0]!)).toMatchObject({
    PRIORITY: '4',
    _SYSTEMD_UNIT: 'kubelet.service',
    MESSAGE: "kubelet.service: Failed with result 'exit-code'.",
  });
  expect(lines('-x -g "Main process exited" -n 1').slice(1)).toEqual([
    '░░ Subject: Unit process exited',
    '░░ Defined-By: systemd',
    '░░ Support: https://www.debian.org/support',
    '░░ ',
    '░░ An ExecStart= process of the unit kubelet.service has exited.',
    '░░ ',
    "░░ The process' exit code is 'exited' and its exit status is 1.",
  ]);
  expect(on('journalctl -o tree').stderr).toContain("Unknown output format 'tree'.");
});
