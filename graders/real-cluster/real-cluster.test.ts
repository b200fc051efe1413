import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBinary } from '../../engine/http/testing/kubectl-binary.ts';
import { EXERCISES_PATH } from '../exercise-folder.ts';

// The same checks against a cluster that is reached by kubectl alone, here the simulated one behind HTTP.

const binary = findBinary('kubectl');
const there = test.skipIf('missing' in binary);
const directory = mkdtempSync(join(tmpdir(), 'drydock-real-'));
const kubeconfig = join(directory, 'config');
let server: ChildProcess | undefined;

beforeAll(async () => {
  if ('missing' in binary) return;
  const program = resolve(import.meta.dirname, '../../engine/http/cluster-cli.ts');
  // Checks wait by the real clock. So much faster a cluster is done within their time on a machine that is slow or busy.
  const speed = ['--speed', '20'];
  server = spawn(process.execPath, [program, '--port', '0', '--kubeconfig', kubeconfig, ...speed]);
  await new Promise<void>((ready) => {
    let said = '';
    server!.stdout!.on('data', (data: Buffer) => {
      said += data.toString();
      if (said.includes('KUBECONFIG')) ready();
    });
  });
});

afterAll(() => {
  server?.kill();
  rmSync(directory, { recursive: true });
});

function grade(answer: string, config: string) {
  const env = { ...process.env, DRYDOCK_KUBECTL: 'path' in binary ? binary.path : '' };
  const path = join(EXERCISES_PATH, 'shared-page', answer, 'tide-board.yaml');
  const args = [resolve(import.meta.dirname, '../cli.ts'), 'shared-page', path, '--kubeconfig', config];
  return spawnSync(process.execPath, args, { encoding: 'utf8', env });
}

there('a right answer passes what a real cluster can show; the rest is skipped and said to be', () => {
  const { status, stdout } = grade('solutions/reference', kubeconfig);
  expect(stdout).toContain('✓ web answers on port 80 with the tide page 3/3');
  expect(stdout).toContain('skipped: it breaks something, which only the simulator can do');
  expect(stdout).toContain('7 of 7 points');
  expect(status).toBe(0);
});

there('a cluster that is not there is no wrong answer', () => {
  const { status, stderr } = grade('solutions/reference', join(directory, 'missing'));
  expect(status).toBe(2);
  expect(stderr).toMatch(/^could not grade: /);
});
