import { humanDuration } from '../../api/duration.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/kinds.ts';
import { canonicalQuantity } from '../../api/quantity.ts';
import { pods } from '../../api/resources.ts';
import type { Invocation } from '../invocation.ts';
import { fieldAt, isObject, stringAt } from '../unstructured.ts';
import { type DescriptionWriter, longTime, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';
import { persistentVolumeLines, shortAccessModes } from './volumes.ts';

/** Where a class stood before it became a field. */
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

export function describePersistentVolumeClaim(
  invocation: Invocation,
  writer: DescriptionWriter,
  claim: PersistentVolumeClaim,
): void {
  const { metadata, spec, status } = claim;
  const bound = (spec?.volumeName ?? '') !== '';
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writer.field(0, 'StorageClass', metadata.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '');
  writer.field(0, 'Status', statusText(invocation, metadata.deletionTimestamp, status?.phase));
  writer.field(0, 'Volume', spec?.volumeName ?? '');
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'Finalizers', goList(metadata.finalizers));
  writer.field(0, 'Capacity', bound ? quantity(status?.capacity?.['storage']) : '');
  writer.field(0, 'Access Modes', bound ? shortAccessModes(status?.accessModes) : '');
  if (spec?.volumeMode !== undefined) writer.field(0, 'VolumeMode', spec.volumeMode);
  describeDataSource(writer, spec?.dataSource);
  writeUsers(writer, podsUsing(invocation, claim));
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    writer.line(0, 'Conditions:');
    writer.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage');
    writer.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const one of conditions) {
      const times = `${longTime(one.lastProbeTime, zeroTime)}\t${longTime(one.lastTransitionTime, zeroTime)}`;
      writer.line(1, `${one.type} \t${one.status} \t${times} \t${one.reason ?? ''} \t${one.message ?? ''}`);
    }
  }
  describeEvents(invocation, writer, claim);
}

const zeroTime = 'Mon, 01 Jan 0001 00:00:00 +0000';

function describeDataSource(writer: DescriptionWriter, source: unknown): void {
  if (!isObject(source)) return;
  writer.line(0, 'DataSource:');
  if (stringAt(source, 'apiGroup') !== '') writer.field(1, 'APIGroup', stringAt(source, 'apiGroup'));
  writer.field(1, 'Kind', stringAt(source, 'kind'));
  writer.field(1, 'Name', stringAt(source, 'name'));
}

/** Also the Pod that a claim lives and dies with. */
function podsUsing(invocation: Invocation, { metadata }: PersistentVolumeClaim): readonly string[] {
  const { namespace = 'default', name, ownerReferences = [] } = metadata;
  const all = invocation.list(pods, { namespace }) as unknown as readonly Pod[];
  return all
    .filter(
      (pod) =>
        pod.spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === name) === true ||
        ownerReferences.some(({ kind, uid }) => kind === 'Pod' && uid === pod.metadata.uid),
    )
    .map((pod) => pod.metadata.name)
    .sort();
}

function writeUsers(writer: DescriptionWriter, names: readonly string[]): void {
  if (names.length === 0) writer.line(0, 'Used By:\t<none>');
  for (const [index, name] of names.entries()) writer.line(0, `${index === 0 ? 'Used By:' : ''}\t${name}`);
}

export function describePersistentVolume(
  invocation: Invocation,
  writer: DescriptionWriter,
  volume: PersistentVolume,
): void {
  const { metadata, spec, status } = volume;
  const claim = spec?.claimRef;
  writer.field(0, 'Name', metadata.name);
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'Finalizers', goList(metadata.finalizers));
  writer.field(0, 'StorageClass', metadata.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '');
  writer.field(0, 'Status', statusText(invocation, metadata.deletionTimestamp, status?.phase));
  writer.field(0, 'Claim', claim === undefined ? '' : `${claim.namespace}/${claim.name}`);
  writer.field(0, 'Reclaim Policy', spec?.persistentVolumeReclaimPolicy ?? '');
  writer.field(0, 'Access Modes', shortAccessModes(spec?.accessModes));
  if (spec?.volumeMode !== undefined) writer.field(0, 'VolumeMode', spec.volumeMode);
  writer.field(0, 'Capacity', quantity(spec?.capacity?.['storage']));
  describeNodeAffinity(writer, fieldAt(spec, 'nodeAffinity', 'required', 'nodeSelectorTerms'));
  writer.field(0, 'Message', status?.message ?? '');
  writer.line(0, 'Source:');
  for (const line of persistentVolumeLines(spec)) writer.line(2, line);
  describeEvents(invocation, writer, volume);
}

function describeNodeAffinity(writer: DescriptionWriter, terms: unknown): void {
  if (!Array.isArray(terms)) {
    writer.line(0, 'Node Affinity:\t<none>');
    return;
  }
  writer.line(0, 'Node Affinity:\t');
  writer.line(1, terms.length === 0 ? 'Required Terms:\t<none>' : 'Required Terms:\t');
  for (const [index, term] of terms.entries()) {
    const expressions = (fieldAt(term, 'matchExpressions') ?? []) as readonly unknown[];
    if (expressions.length === 0) writer.line(2, `Term ${index}:\t<none>`);
    for (const [at, expression] of expressions.entries()) {
      const values = (fieldAt(expression, 'values') ?? []) as readonly string[];
      const operator = stringAt(expression, 'operator').toLowerCase();
      const set = values.length > 0 ? ` [${values.join(', ')}]` : '';
      writer.line(2, `${at === 0 ? `Term ${index}:` : ''}\t${stringAt(expression, 'key')} ${operator}${set}`);
    }
  }
}

function statusText(invocation: Invocation, deleted: string | null | undefined, phase = ''): string {
  if (deleted === null || deleted === undefined) return phase;
  return `Terminating (lasts ${humanDuration(invocation.now() - Date.parse(deleted))})`;
}

function quantity(value: string | number | undefined): string {
  return value === undefined ? '0' : canonicalQuantity(value);
}

function goList(words: readonly string[] | undefined): string {
  return `[${(words ?? []).join(' ')}]`;
}
