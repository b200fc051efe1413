import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';
import { compactRules } from '../policy-rules.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';

export function describeRole(_: Invocation, writer: DescriptionWriter, { metadata, rules }: Role | ClusterRole): void {
  writer.field(0, 'Name', metadata.name);
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.line(0, 'PolicyRule:');
  writer.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  writer.line(1, '---------\t-----------------\t--------------\t-----');
  for (const row of compactRules((rules ?? []) as readonly PolicyRule[])) writer.line(1, row);
}

export function describeRoleBinding(
  _: Invocation,
  writer: DescriptionWriter,
  { metadata, roleRef, subjects }: RoleBinding | ClusterRoleBinding,
): void {
  writer.field(0, 'Name', metadata.name);
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.line(0, 'Role:');
  writer.field(1, 'Kind', roleRef.kind);
  writer.field(1, 'Name', roleRef.name);
  writer.line(0, 'Subjects:');
  writer.line(1, 'Kind\tName\tNamespace');
  writer.line(1, '----\t----\t---------');
  for (const { kind, name, namespace = '' } of subjects ?? []) writer.line(1, `${kind}\t${name}\t${namespace}`);
}
