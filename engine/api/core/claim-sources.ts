import { sameValue } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, required } from '../field-errors.ts';
import type { PersistentVolumeClaim } from '../kinds.ts';
import { checkSubdomain1123 } from '../names.ts';

// What a claim's volume is to hold from the start. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#volume-populators-and-data-sources

type Spec = PersistentVolumeClaim['spec'];
type Source = NonNullable<Spec['dataSource']>;

/** `dataSource` and `dataSourceRef` say the same; the older field knows claims and snapshots only, and drops others. */
export function normalizeSources(spec: Spec): Spec {
  const { dataSource, dataSourceRef, ...rest } = spec;
  if (dataSource === undefined && dataSourceRef === undefined) return spec;
  // Off in 1.36: CrossNamespaceVolumeDataSource.
  const reference = (dataSourceRef as { namespace?: string } | undefined)?.namespace === undefined && dataSourceRef;
  const known = dataSource && isClaimOrSnapshot(dataSource) ? dataSource : undefined;
  const [source, ref] = [known ?? (reference || undefined), reference || known];
  return { ...rest, ...(source && { dataSource: source }), ...(ref && { dataSourceRef: ref }) } as Spec;
}

function isClaimOrSnapshot({ apiGroup = '', kind }: Source): boolean {
  if (kind === 'PersistentVolumeClaim') return apiGroup === '';
  return kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io';
}

export function validateSources(errors: FieldError[], { dataSource, dataSourceRef }: Spec, field: string): void {
  if (dataSource !== undefined) validateSource(errors, dataSource, `${field}.dataSource`);
  if (dataSourceRef !== undefined) validateSource(errors, dataSourceRef as Source, `${field}.dataSourceRef`);
  if (dataSource !== undefined && dataSourceRef !== undefined && !sameValue(dataSource, dataSourceRef)) {
    errors.push(invalid(field, `${field}.dataSource`, 'must match dataSourceRef'));
  }
}

function validateSource(errors: FieldError[], { apiGroup = '', kind, name }: Source, field: string): void {
  if (name === '') errors.push(required(`${field}.name`));
  if (kind === '') errors.push(required(`${field}.kind`));
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') {
    errors.push(invalid(field, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  }
  if (apiGroup === '') return;
  for (const detail of checkSubdomain1123(apiGroup)) errors.push(invalid(`${field}.apiGroup`, apiGroup, detail));
}
