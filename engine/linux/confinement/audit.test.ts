import { expect, test } from 'vitest';
import { Simulation } from '../../sim/index.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { KernelLog } from '../kernel/kernel-log.ts';
import { AuditLog } from './audit.ts';

test('ten lines in five seconds, and how many more there were', () => {
  const sim = new Simulation({ seed: 'audit' });
  const log = new KernelLog(() => sim.nowMs);
  const audit = new AuditLog({ sim, log } as Kernel);
  for (let i = 0; i < 25; i++) audit.add(1326, `call=${i}`);
  expect(log.text.trim().split('\n')).toHaveLength(10);
  sim.runFor(5000);
  audit.add(1326, 'later');
  const lines = log.text.trim().split('\n').slice(10);
  expect(lines[0]).toMatch(/^4,10,\d+,-;kauditd_printk_skb: 15 callbacks suppressed$/);
  expect(lines[1]).toMatch(/^5,11,\d+,-;audit: type=1326 audit\(\d+\.\d{3}:27\): later$/);
});
