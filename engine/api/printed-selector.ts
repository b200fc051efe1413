import type { LabelSelectorFields } from './label-selector.ts';

/** A selector as the real components' messages show it: `&LabelSelector{MatchLabels:map[string]string{app: mail,},…}`. */
export function printedSelector(selector: LabelSelectorFields | null | undefined): string {
  if (selector === undefined || selector === null) return 'nil';
  const { matchLabels, matchExpressions } = selector;
  const labels = Object.entries(matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const pairs = labels.map(([key, value]) => `${key}: ${value},`).join('');
  const requirements = (matchExpressions ?? []).map(
    ({ key, operator, values }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${(values ?? []).join(' ')}],},`,
  );
  const expressions = `MatchExpressions:[]LabelSelectorRequirement{${requirements.join('')}}`;
  return `&LabelSelector{MatchLabels:map[string]string{${pairs}},${expressions},}`;
}
