import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readExerciseFolder } from './exercise-folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'drydock-watch-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const right = readExerciseFolder('shared-page')['solutions/reference/tide-board.yaml']!;

test('--watch goes on from a file that is no YAML yet to one that is right', async () => {
  const answer = join(scratch, 'tide-board.yaml');
  writeFileSync(answer, 'kind: a: b\n');
  const watching = spawn(process.execPath, [join(import.meta.dirname, 'cli.ts'), 'shared-page', answer, '--watch']);
  try {
    const heard = listen(watching);
    await heard(/could not grade: tide-board\.yaml:1:7/);
    writeFileSync(answer, right.replace('nginx:1.29', 'ngnix:1.29'));
    await heard(/not there yet {2}\d of 10 points/);
    writeFileSync(answer, right);
    await heard(/passed {2}10 of 10 points/);
    expect(watching.exitCode).toBeNull();
  } finally {
    watching.kill();
  }
});

test('a call that makes no sense ends, --watch or not', async () => {
  const ended = spawn(process.execPath, [join(import.meta.dirname, 'cli.ts'), 'nonsense', scratch, '--watch']);
  const code = await new Promise((resolve) => ended.once('exit', resolve));
  expect(code).toBe(2);
});

/** Waits until the process has said something that matches. */
function listen({ stdout, stderr }: ReturnType<typeof spawn>) {
  let said = '';
  let wake = () => {};
  for (const stream of [stdout!, stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      wake();
    });
  }
  return async (wanted: RegExp): Promise<void> => {
    while (!wanted.test(said)) {
      const more = Promise.withResolvers<void>();
      wake = more.resolve;
      await more.promise;
    }
  };
}
