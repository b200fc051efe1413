import type { Volume } from '../../api/kinds.ts';
import type { DescriptionWriter } from './description-writer.ts';

/** The Volumes block of a Pod (level 0) or of a template (level 1). */
export function describeVolumes(writer: DescriptionWriter, volumes: readonly Volume[], level: number): void {
  if (volumes.length === 0) {
    writer.line(level, 'Volumes:\t<none>');
    return;
  }
  writer.line(level, 'Volumes:');
  for (const volume of volumes) {
    writer.line(1, `${level > 0 ? ' ' : ''}${volume.name}:`);
    for (const line of volumeSourceLines(volume)) writer.line(2, line);
  }
}

/** The lines below a volume's name, by its source. */
export function volumeSourceLines(volume: Volume): readonly string[] {
  if (volume.hostPath !== undefined) {
    return [
      'Type:\tHostPath (bare host directory volume)',
      `Path:\t${volume.hostPath.path}`,
      `HostPathType:\t${volume.hostPath.type ?? ''}`,
    ];
  }
  if (volume.emptyDir !== undefined) {
    const { medium = '', sizeLimit } = volume.emptyDir;
    return [
      "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
      `Medium:\t${medium}`,
      `SizeLimit:\t${sizeLimit ?? '<unset>'}`,
    ];
  }
  if (volume.configMap !== undefined) {
    return [
      'Type:\tConfigMap (a volume populated by a ConfigMap)',
      `Name:\t${volume.configMap.name ?? ''}`,
      `Optional:\t${volume.configMap.optional ?? false}`,
    ];
  }
  if (volume.secret !== undefined) {
    return [
      'Type:\tSecret (a volume populated by a Secret)',
      `SecretName:\t${volume.secret.secretName ?? ''}`,
      `Optional:\t${volume.secret.optional ?? false}`,
    ];
  }
  if (volume.persistentVolumeClaim !== undefined) {
    return [
      'Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
      `ClaimName:\t${volume.persistentVolumeClaim.claimName}`,
      `ReadOnly:\t${volume.persistentVolumeClaim.readOnly ?? false}`,
    ];
  }
  if (volume.downwardAPI !== undefined) {
    const items = (volume.downwardAPI.items ?? []).map(
      (item) => `  ${item.fieldRef?.fieldPath ?? item.resourceFieldRef?.resource} -> ${item.path}`,
    );
    return ['Type:\tDownwardAPI (a volume populated by information about the pod)', 'Items:', ...items];
  }
  if (volume.projected !== undefined) return projectedLines(volume.projected);
  return ['<unknown>'];
}

function projectedLines(projected: NonNullable<Volume['projected']>): readonly string[] {
  const lines = ['Type:\tProjected (a volume that contains injected data from multiple sources)'];
  for (const source of projected.sources ?? []) {
    if (source.secret !== undefined) {
      lines.push(`SecretName:\t${source.secret.name ?? ''}`, `Optional:\t${source.secret.optional ?? false}`);
    } else if (source.downwardAPI !== undefined) {
      lines.push('DownwardAPI:\ttrue');
    } else if (source.configMap !== undefined) {
      lines.push(`ConfigMapName:\t${source.configMap.name ?? ''}`, `Optional:\t${source.configMap.optional ?? false}`);
    } else if (source.serviceAccountToken !== undefined) {
      lines.push(`TokenExpirationSeconds:\t${source.serviceAccountToken.expirationSeconds ?? 3600}`);
    }
  }
  return lines;
}
