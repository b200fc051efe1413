import type { LabelSelectorFields } from '../label-selector.ts';

export function isEmptySelector({ matchLabels = {}, matchExpressions = [] }: LabelSelectorFields): boolean {
  return matchExpressions.length === 0 && Object.keys(matchLabels).length === 0;
}

/**
 * As `-o wide` and `describe` print it, in order of the keys: `app=web,tier in (a,b)`.
 * After k8s.io/apimachinery/pkg/apis/meta/v1 FormatLabelSelector.
 */
export function formatSelector(selector: LabelSelectorFields | undefined): string {
  if (selector === undefined || isEmptySelector(selector)) return '<none>';
  const parts: [string, string][] = Object.entries(selector.matchLabels ?? {}).map(([k, v]) => [k, `${k}=${v}`]);
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    parts.push([key, formatRequirement(key, operator, values)]);
  }
  parts.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return parts.map(([, text]) => text).join(',');
}

function formatRequirement(key: string, operator: string, values: readonly string[]): string {
  const list = [...values].sort().join(',');
  if (operator === 'In') return `${key} in (${list})`;
  if (operator === 'NotIn') return `${key} notin (${list})`;
  return operator === 'Exists' ? key : `!${key}`;
}
