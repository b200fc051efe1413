import { expect, test } from 'vitest';
import type { KubeObject } from '../../api/object.ts';
import { type CronTab, cronTab, definition, startWithCronTabs, V1, V2 } from '../testing/converted-crontabs.ts';

// After test/e2e/apimachinery/crd_conversion_webhook.go

test('Custom Resource Definition Conversion Webhook, conversion custom resource', () => {
  const { bed } = startWithCronTabs();
  bed.apply(cronTab('v1', 'local', { hostPort: 'localhost:8080' }));
  expect(bed.get<CronTab>(V2, 'local')).toMatchObject({
    apiVersion: 'stable.example.com/v2',
    host: 'localhost',
    port: '8080',
  });
  expect(bed.get<CronTab>(V2, 'local')).not.toHaveProperty('hostPort');
  // What is written in one version is read in the other.
  bed.kubectl('patch', V2, 'local', '--type=merge', '-p', '{"port":"9090"}');
  expect(bed.get<CronTab>(V1, 'local').hostPort).toBe('localhost:9090');
  // A watch tells of changes in its own version.
  bed.cluster.submit({
    kind: 'file.write',
    path: 'watch.sh',
    text: `timeout 5 kubectl get ${V2} -w -o jsonpath='{.port} '`,
  });
  bed.cluster.submit({
    kind: 'file.write',
    path: 'change.sh',
    text: `sleep 2; kubectl patch ${V1} local --type=merge -p '{"hostPort":"a:1"}'`,
  });
  expect(bed.sh('bash change.sh >/dev/null & bash watch.sh; wait').stdout).toBe('9090 1 ');
  // Why something cannot be converted is said by the webhook.
  bed.apply(cronTab('v1', 'odd', { hostPort: 'nonsense' }));
  expect(bed.kubectlAnyway('get', V2, 'odd').stderr).toContain(
    'conversion webhook for stable.example.com/v1, Kind=CronTab failed: invalid hostPort value `nonsense`',
  );
});

test('Custom Resource Definition Conversion Webhook, convert mixed version list', () => {
  const { bed, server } = startWithCronTabs();
  bed.apply(cronTab('v1', 'a-first', { hostPort: 'localhost:8080' }));
  bed.apply(definition(server, 'v2'));
  bed.pass(1);
  bed.apply(cronTab('v1', 'b-second', { hostPort: 'localhost:8081' }));
  const stored = bed.cluster
    .stored('/registry/stable.example.com/crontabs/')
    .map(({ value }) => (value as KubeObject).apiVersion);
  expect(stored).toEqual(['stable.example.com/v1', 'stable.example.com/v2']);
  expect(bed.list<CronTab>(V1).map(({ hostPort }) => hostPort)).toEqual(['localhost:8080', 'localhost:8081']);
  expect(bed.list<CronTab>(V2).map(({ host, port }) => [host, port])).toEqual([
    ['localhost', '8080'],
    ['localhost', '8081'],
  ]);
  // And once more with nobody to convert.
  bed.kubectl('delete', 'deployment', 'sample-webhook-deployment');
  bed.pass(5);
  bed.apply(definition(server, 'v1').replace('"type":"string"', '"type":"string","description":"changed"'));
  bed.pass(1);
  expect(bed.kubectlAnyway('get', V1).stderr).toContain(
    'Error from server: conversion webhook for stable.example.com/v2, Kind=CronTab failed: Post "https://e2e-test-webhook.default.svc:8443/crdconvert?timeout=30s": dial tcp',
  );
});
