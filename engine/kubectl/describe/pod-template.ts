import type { PodTemplateSpec, Toleration, TopologySpreadConstraint } from '../../api/kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import { describeContainers } from './containers.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';
import { describeVolumes } from './volumes.ts';

/** The Pod Template block of a workload. */
export function describePodTemplate(writer: DescriptionWriter, template: PodTemplateSpec | undefined): void {
  writer.line(0, 'Pod Template:');
  if (template === undefined) {
    writer.line(1, '<unset>');
    return;
  }
  const { metadata, spec } = template;
  writeMap(writer, 1, 'Labels', metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0) writeAnnotations(writer, 1, metadata?.annotations);
  if ((spec?.serviceAccountName ?? '') !== '') writer.field(1, 'Service Account', spec!.serviceAccountName!);
  if ((spec?.initContainers?.length ?? 0) > 0) {
    describeContainers(writer, spec!.initContainers!, {
      label: 'Init Containers',
      statuses: [],
      level: 1,
    });
  }
  describeContainers(writer, spec?.containers ?? [], { label: 'Containers', statuses: [], level: 1 });
  describeVolumes(writer, spec?.volumes ?? [], 1);
  describeTopologySpread(writer, 1, spec?.topologySpreadConstraints ?? []);
  if ((spec?.priorityClassName ?? '') !== '') writer.field(1, 'Priority Class Name', spec!.priorityClassName!);
  writeMap(writer, 1, 'Node-Selectors', spec?.nodeSelector);
  describeTolerations(writer, 1, spec?.tolerations ?? []);
}

/** `node.kubernetes.io/not-ready:NoExecute op=Exists for 300s`, one a line. */
export function describeTolerations(
  writer: DescriptionWriter,
  level: number,
  tolerations: readonly Toleration[],
): void {
  if (tolerations.length === 0) {
    writer.line(level, 'Tolerations:\t<none>');
    return;
  }
  const lines = tolerations.map((toleration) => {
    const { key = '', value = '', effect = '', operator = '', tolerationSeconds } = toleration;
    let text = key;
    if (value !== '') text += `=${value}`;
    if (effect !== '') text += `:${effect}`;
    if (operator === 'Exists' && value === '') text += key === '' && effect === '' ? 'op=Exists' : ' op=Exists';
    if (tolerationSeconds !== undefined) text += ` for ${tolerationSeconds}s`;
    return text;
  });
  for (const [index, line] of lines.sort().entries())
    writer.line(index === 0 ? level : 0, `${index === 0 ? 'Tolerations:' : ''}\t${line}`);
}

/** `zone:DoNotSchedule when max skew 1 is exceeded for selector app=web`, one a line, in order of keys. */
export function describeTopologySpread(
  writer: DescriptionWriter,
  level: number,
  constraints: readonly TopologySpreadConstraint[],
): void {
  const sorted = [...constraints].sort((left, right) => (left.topologyKey < right.topologyKey ? -1 : 1));
  for (const [index, { topologyKey, whenUnsatisfiable, maxSkew, labelSelector }] of sorted.entries()) {
    const text = `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded`;
    const selector =
      labelSelector === undefined
        ? ''
        : ` for selector ${labelSelectorOf(labelSelector as object).toString() || '<none>'}`;
    writer.line(level, `${index === 0 ? 'Topology Spread Constraints:' : ''}\t${text}${selector}`);
  }
}
