import { expect, test } from 'vitest';
import type { Pod } from '../kinds.ts';
import { mergeLabelKeys } from './match-label-keys.ts';

const term = (keys: object) => ({ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } }, ...keys });

function pod(spec: object): Pod {
  const metadata = {
    name: 'p',
    namespace: 'default',
    uid: '',
    resourceVersion: '',
    creationTimestamp: '',
    labels: { version: '2', app: 'web' },
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [], ...spec } } as Pod;
}

test('the Pod’s own values go into the selectors', () => {
  const merged = mergeLabelKeys(
    pod({
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [term({ matchLabelKeys: ['version', 'absent'] })],
        },
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, podAffinityTerm: term({ mismatchLabelKeys: ['version'] }) },
          ],
        },
      },
      topologySpreadConstraints: [
        { maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', ...term({ matchLabelKeys: ['version'] }) },
      ],
    }),
  );
  const version = (operator: string) => ({
    matchLabels: { app: 'web' },
    matchExpressions: [{ key: 'version', operator, values: ['2'] }],
  });
  const { podAffinity, podAntiAffinity } = merged.spec.affinity!;
  expect(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.labelSelector).toEqual(version('In'));
  const [preferred] = podAntiAffinity!.preferredDuringSchedulingIgnoredDuringExecution!;
  expect(preferred!.podAffinityTerm.labelSelector).toEqual(version('NotIn'));
  expect(merged.spec.topologySpreadConstraints?.[0]?.labelSelector).toEqual(version('In'));
});

test('a Pod without such keys is left as it is', () => {
  const plain = pod({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term({})] } } });
  expect(mergeLabelKeys(plain)).toBe(plain);
});
