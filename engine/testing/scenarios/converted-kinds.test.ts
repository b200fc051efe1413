import { expect, test } from 'vitest';
import { type CronTab, cronTab, startWithCronTabs, V1, V2 } from '../../conformance/testing/converted-crontabs.ts';

// Custom kinds whose versions a webhook converts.

test('selectors of fields go by the version that is asked for, in lists and in watches', () => {
  const { bed } = startWithCronTabs();
  bed.apply(cronTab('v1', 'here', { hostPort: 'localhost:8080' }));
  bed.apply(cronTab('v1', 'there', { hostPort: 'elsewhere:8080' }));
  expect(bed.kubectl('get', V2, '--field-selector=host=elsewhere', '-o', 'name')).toBe(
    'crontab.stable.example.com/there\n',
  );
  expect(bed.kubectlAnyway('get', V1, '--field-selector=host=elsewhere').stderr).toContain(
    'field label not supported: host',
  );
  const seen: string[] = [];
  const { watch } = bed.cluster.read({
    method: 'GET',
    path: '/apis/stable.example.com/v2/namespaces/default/crontabs',
    query: { watch: 'true', fieldSelector: 'host=elsewhere,port!=1' },
  });
  watch!({
    outside: true,
    event: ({ type, object }) => {
      const { metadata, host, port } = object as CronTab;
      seen.push(`${type} ${metadata.name} ${host}:${port}`);
    },
    end: () => seen.push('end'),
  });
  bed.kubectl('patch', V1, 'here', '--type=merge', '-p', '{"hostPort":"elsewhere:2"}');
  bed.kubectl('patch', V1, 'there', '--type=merge', '-p', '{"hostPort":"elsewhere:1"}');
  bed.kubectl('patch', V2, 'here', '--type=merge', '-p', '{"host":"localhost"}');
  bed.pass(1);
  expect(seen).toEqual([
    'ADDED there elsewhere:8080',
    'ADDED here elsewhere:2',
    'DELETED there elsewhere:8080',
    'DELETED here elsewhere:2',
  ]);
});
