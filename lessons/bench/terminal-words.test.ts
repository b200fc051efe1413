import { createCluster } from '@drydock/engine';
import { expect, test } from 'vitest';
import { bench } from '../i18n/en/bench.ts';
import { ABSENT_PROGRAMS } from './terminal-words.ts';

test('the page answers for no program that the workstation has, and for each that it answers for', () => {
  const cluster = createCluster({ workers: [{ name: 'node-1' }] });
  const { stdout } = cluster.run('workstation', ['bash', '-c', `type -P ${ABSENT_PROGRAMS.join(' ')}`], 5000)!;
  expect(stdout).toBe('');
  expect(Object.keys(bench.terminal.instead).sort()).toEqual(ABSENT_PROGRAMS.toSorted());
});
