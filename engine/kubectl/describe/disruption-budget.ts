import type { PodDisruptionBudget } from '../../api/kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import type { Invocation } from '../invocation.ts';
import type { DescriptionWriter } from './description-writer.ts';
import { describeEvents } from './events.ts';

export function describePodDisruptionBudget(
  invocation: Invocation,
  writer: DescriptionWriter,
  budget: PodDisruptionBudget,
): void {
  const { metadata, spec, status } = budget;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  if (spec?.minAvailable !== undefined) writer.field(0, 'Min available', spec.minAvailable);
  else if (spec?.maxUnavailable !== undefined) writer.field(0, 'Max unavailable', spec.maxUnavailable);
  const selector = spec?.selector === undefined ? '<unset>' : labelSelectorOf(spec.selector as object).toString();
  writer.field(0, 'Selector', selector);
  writer.line(0, 'Status:');
  writer.field(2, 'Allowed disruptions', status?.disruptionsAllowed ?? 0);
  writer.field(2, 'Current', status?.currentHealthy ?? 0);
  writer.field(2, 'Desired', status?.desiredHealthy ?? 0);
  writer.field(2, 'Total', status?.expectedPods ?? 0);
  describeEvents(invocation, writer, budget);
}
