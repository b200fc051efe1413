import type { LimitRange, ResourceQuota } from '../../api/kinds.ts';
import { canonicalQuantity } from '../../api/quantity.ts';
import type { Invocation } from '../invocation.ts';
import type { DescriptionWriter } from './description-writer.ts';

const SCOPE_TEXTS: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

export function describeResourceQuota(
  _invocation: Invocation,
  writer: DescriptionWriter,
  { metadata, spec, status }: ResourceQuota,
): void {
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writeScopes(writer, 0, spec?.scopes ?? [], ' * ');
  writer.line(0, 'Resource\tUsed\tHard');
  writer.line(0, '--------\t----\t----');
  for (const line of usageLines(status)) writer.line(0, line);
}

/** The quotas of a namespace, below its description. */
export function describeQuotasOf(writer: DescriptionWriter, quotas: readonly ResourceQuota[]): void {
  if (quotas.length === 0) {
    writer.write('\nNo resource quota.\n');
    return;
  }
  writer.write('\nResource Quotas\n');
  for (const { metadata, spec, status } of quotas) {
    writer.field(1, 'Name', metadata.name);
    writeScopes(writer, 1, spec?.scopes ?? [], '* ');
    writer.line(1, 'Resource\tUsed\tHard');
    writer.line(1, '--------\t---\t---');
    for (const line of usageLines(status)) writer.line(1, line);
  }
}

function writeScopes(writer: DescriptionWriter, level: number, scopes: readonly string[], bullet: string): void {
  if (scopes.length === 0) return;
  const sorted = [...scopes].sort();
  writer.field(level, 'Scopes', sorted.join(', '));
  for (const scope of sorted) {
    if (SCOPE_TEXTS[scope] !== undefined) writer.line(level, `${bullet}${SCOPE_TEXTS[scope]}`);
  }
}

function usageLines(status: ResourceQuota['status']): readonly string[] {
  const quantity = (value: string | number | undefined) => (value === undefined ? '0' : canonicalQuantity(value));
  return Object.keys(status?.hard ?? {})
    .sort()
    .map((name) => `${name}\t${quantity(status?.used?.[name])}\t${quantity(status?.hard?.[name])}`);
}

const LIMIT_HEADINGS = [
  'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio',
  '----\t--------\t---\t---\t---------------\t-------------\t-----------------------',
];

export function describeLimitRange(
  _invocation: Invocation,
  writer: DescriptionWriter,
  { metadata, spec }: LimitRange,
): void {
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  for (const line of [...LIMIT_HEADINGS, ...limitLines(spec)]) writer.line(0, line);
}

/** The limit ranges of a namespace, below its description. */
export function describeLimitsOf(writer: DescriptionWriter, ranges: readonly LimitRange[]): void {
  if (ranges.length === 0) {
    writer.write('\nNo LimitRange resource.\n');
    return;
  }
  writer.write('\nResource Limits\n');
  const lines = [...LIMIT_HEADINGS, ...ranges.flatMap(({ spec }) => limitLines(spec))];
  for (const line of lines) writer.line(0, ` ${line}`);
}

function limitLines(spec: LimitRange['spec']): readonly string[] {
  return (spec?.limits ?? []).flatMap((limit) => {
    const columns = [limit.min, limit.max, limit.defaultRequest, limit.default, limit.maxLimitRequestRatio];
    const resources = new Set(columns.flatMap((column) => Object.keys(column ?? {})));
    return [...resources].sort().map((resource) => {
      const cells = columns.map((column) => {
        const value = column?.[resource];
        return value === undefined ? '-' : canonicalQuantity(value);
      });
      return [limit.type, resource, ...cells].join('\t');
    });
  });
}
