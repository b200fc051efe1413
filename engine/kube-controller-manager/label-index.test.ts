import { expect, test } from 'vitest';
import type { Pod, PodDisruptionBudget } from '../api/kinds.ts';
import { type LabelSelectorFields, labelSelectorOf } from '../api/label-selector.ts';
import { podDisruptionBudgets, pods } from '../api/resources.ts';
import { SharedInformers } from '../client/shared-informers.ts';
import { Random } from '../sim/index.ts';
import { startControllerManager } from './index.ts';
import { indexByLabel, indexBySelector, selectedBy } from './label-index.ts';
import { ControlPlane } from './testing/control-plane.ts';

// Whatever is asked of the index, the answer is that of asking every object.

const SELECTORS: readonly (LabelSelectorFields | undefined)[] = [
  { matchLabels: { app: 'a' } },
  { matchLabels: { app: 'b', tier: 'x' } },
  { matchLabels: { constructor: 'x' } },
  { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b', 'b'] }] },
  { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] },
  { matchExpressions: [{ key: 'tier', operator: 'Exists' }], matchLabels: { app: 'c' } },
  { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] },
  {},
  undefined,
];

function someLabels(random: Random): Record<string, string> | undefined {
  if (random.below(6) === 0) return undefined;
  const labels: Record<string, string> = { app: 'abc'[random.below(3)]! };
  if (random.below(2) === 0) labels['tier'] = 'xy'[random.below(2)]!;
  if (random.below(4) === 0) labels['constructor'] = 'x';
  return labels;
}

test('what selectors select, and which selectors select, while Pods come, go and change their labels', () => {
  const { sim, client, transport } = new ControlPlane('label index');
  startControllerManager({ sim, transport, leaderElect: false, controllers: ['serviceaccount-controller'] });
  sim.runFor(100);
  const informers = new SharedInformers(sim, client, 'test');
  const podInformer = informers.for(pods);
  const budgetInformer = informers.for(podDisruptionBudgets);
  const selectorOf = ({ spec }: PodDisruptionBudget) => labelSelectorOf(spec?.selector);
  indexByLabel(podInformer);
  const maySelect = indexBySelector(budgetInformer, selectorOf);
  informers.start();
  SELECTORS.forEach((selector, i) => {
    const metadata = { name: `budget-${i}`, namespace: 'default' };
    const spec = { minAvailable: 1, selector } as PodDisruptionBudget['spec'];
    client
      .resource(podDisruptionBudgets)
      .create({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec });
  });
  const random = new Random('label index');
  const containers = [{ name: 'c', image: 'nginx' }];
  for (let step = 0; step < 120; step++) {
    const name = `p-${random.below(20)}`;
    const present = podInformer.lister.get(name, 'default');
    const labels = someLabels(random);
    const metadata = { name, namespace: 'default', labels };
    const resource = client.resource(pods);
    if (present === undefined) {
      resource.create({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } });
    } else if (random.below(4) === 0) resource.delete(name, 'default', { gracePeriodSeconds: 0 });
    else resource.update({ ...present, metadata: { ...present.metadata, labels } });
    sim.runFor(100);
    const all = podInformer.lister.list('default');
    for (const fields of SELECTORS) {
      const selector = labelSelectorOf(fields);
      const wanted = all.filter((pod) => selector.matches(pod.metadata.labels));
      expect(names(selectedBy(podInformer, 'default', selector))).toEqual(names(wanted));
      expect(selectedBy(podInformer, 'elsewhere', selector)).toEqual([]);
    }
    const found = maySelect('default', labels).filter((each) => selectorOf(each).matches(labels));
    const selecting = budgetInformer.lister.list('default').filter((each) => selectorOf(each).matches(labels));
    expect(names(found)).toEqual(names(selecting));
  }
});

function names(objects: readonly (Pod | PodDisruptionBudget)[]): string[] {
  return objects.map(({ metadata }) => metadata.name).sort();
}
