import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// The numbered examples are programs that a newcomer runs; here each is run as they would run it.

const examples = readdirSync(import.meta.dirname).filter((name) => /^\d\d-.*\.ts$/.test(name));

const EXPECTED: Readonly<Record<string, readonly RegExp[]>> = {
  '01-single-pod.ts': [
    /pod\/countdown created/,
    /Z 9\n.*Z 8\n/,
    /countdown +0\/1 +Completed/,
    /Started +\S+ +kubelet +.*Container started/,
  ],
  '02-pause-process.ts': [/web has 10\.244\.\d+\.\d+\n/, /was killed, web has 10\.244/, /SandboxChanged/],
  '03-without-a-scheduler.ts': [/web +0\/1 +Pending[\s\S]*web +1\/1 +Running/],
};

test.each(examples)('%s runs and prints what it is about', (name) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, name)], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  for (const pattern of EXPECTED[name] ?? [/^$/]) expect(stdout).toMatch(pattern);
});
