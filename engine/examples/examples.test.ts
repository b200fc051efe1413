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
  '04-custom-resource.ts': [
    /crontab\.stable\.example\.com\/my-crontab created/,
    /The CronTab "greedy" is invalid: spec: Invalid value: replicas must not exceed maxReplicas/,
    /NAME +SPEC +REPLICAS +AGE\nmy-crontab +\*\/5 \* \* \* \* +1 /,
    /KIND: +CronTab\nVERSION: +v1\n\nFIELD: spec <Object>[\s\S]*cronSpec\t<string> -required-\n +In the syntax of cron\./,
    /the server doesn't have a resource type "ct"\n+$/,
  ],
  '05-follow-this-request.ts': [
    /asked for web\.default\.svc\.cluster\.local: NOERROR after/,
    /nat KUBE-SEP-\w+ 2 \[1\] .* -j DNAT --to-destination 10\.244/,
    /chosen by probability among default\/web -> 10\.244\.\d+\.\d+:80 \(0\.333\)/,
    /: failed\n[\s\S]*timed out: nobody behind the default route answers for 10\./,
  ],
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
