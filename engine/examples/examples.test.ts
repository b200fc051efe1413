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
  '06-device-reporting.ts': [
    /Registration\/Register\n +nvidia-device-plugin@\S+ -> unix:\S+\/kubelet\.sock \{"version":"v1beta1","endpoint":"nvidia-gpu\.sock"/,
    /ListAndWatch\n.*"health":"Healthy".*\n.*the kubelet writes the status of the Node\nThe Node: 2 GPUs, 2 of them to be had/,
    /"health":"Unhealthy"[\s\S]*The Node: 2 GPUs, 1 of them to be had/,
    /gpu-1: NodeResourcesFit: Insufficient nvidia\.com\/gpu/,
  ],
  '07-device-allocation.ts': [
    /the Pod asks for nvidia\.com\/gpu: 1\n.*the scheduler: gpu-1: fits[\s\S]*plain-1: Insufficient nvidia\.com\/gpu[\s\S]*bound to gpu-1/,
    /Allocate\n.*\{"container_requests":\[\{"devices_ids":\["GPU-/,
    /CreateContainer\n +kubelet@gpu-1 -> containerd .*"cdiDevices":\["k8s\.device-plugin\.nvidia\.com\/gpu=GPU-/,
    /the container starts[\s\S]*What the container sees:\nGPU 0: Tesla T4 \(UUID: GPU-.*\n[\s\S]*training on 1 GPU/,
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
