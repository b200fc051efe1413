import type { PersistentVolume, Volume } from '../../api/kinds.ts';
import type { DescriptionWriter } from './description-writer.ts';

type PersistentVolumeSpec = PersistentVolume['spec'];

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
function volumeSourceLines(volume: Volume): readonly string[] {
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
  if (volume.nfs !== undefined) {
    const { server, path, readOnly = false } = volume.nfs;
    return [
      'Type:\tNFS (an NFS mount that lasts the lifetime of a pod)',
      `Server:\t${server}`,
      `Path:\t${path}`,
      `ReadOnly:\t${readOnly}`,
    ];
  }
  if (volume.image !== undefined) {
    const { reference = '', pullPolicy = '' } = volume.image;
    return [
      'Type:\tImage (a container image or OCI artifact)',
      `Reference:\t${reference}`,
      `PullPolicy:\t${pullPolicy}`,
    ];
  }
  if (volume.ephemeral !== undefined) return ephemeralLines(volume.ephemeral);
  if (volume.csi !== undefined) {
    const { driver, fsType = '', readOnly = false, volumeAttributes } = volume.csi;
    return [CSI, `Driver:\t${driver}`, `FSType:\t${fsType}`, `ReadOnly:\t${readOnly}`, ...attributes(volumeAttributes)];
  }
  return ['<unknown>'];
}

const CSI = 'Type:\tCSI (a Container Storage Interface (CSI) volume source)';

/** The source of a PersistentVolume, which has kinds of its own. */
export function persistentVolumeLines(spec: PersistentVolumeSpec): readonly string[] {
  if (spec.local !== undefined) {
    return ['Type:\tLocalVolume (a persistent volume backed by local storage on a node)', `Path:\t${spec.local.path}`];
  }
  if (spec.csi === undefined) return volumeSourceLines(spec as unknown as Volume);
  const { driver, fsType = '', volumeHandle, readOnly = false, volumeAttributes } = spec.csi;
  return [
    CSI,
    `Driver:\t${driver}`,
    `FSType:\t${fsType}`,
    `VolumeHandle:\t${volumeHandle}`,
    `ReadOnly:\t${readOnly}`,
    ...attributes(volumeAttributes),
  ];
}

const INDENT = '    ';
const MAX_ATTRIBUTE_LENGTH = 140;

/** The real command indents once for each piece of a line that it writes, not once for the line. */
function attributes(map: Readonly<Record<string, string>> = {}): readonly string[] {
  const keys = Object.keys(map).sort();
  if (keys.length === 0) return ['VolumeAttributes:\t<none>'];
  return keys.map((key, index) => {
    const text = `${key}=${map[key]}`;
    const shown = text.length > MAX_ATTRIBUTE_LENGTH ? `${text.slice(0, MAX_ATTRIBUTE_LENGTH)}...` : text;
    return `${index === 0 ? 'VolumeAttributes:' : INDENT}\t${INDENT}${shown}`;
  });
}

function ephemeralLines({ volumeClaimTemplate }: NonNullable<Volume['ephemeral']>): readonly string[] {
  const { metadata, spec } = volumeClaimTemplate ?? {};
  const map = (name: string, values: Readonly<Record<string, string>> = {}) =>
    Object.keys(values).length === 0
      ? [`${name}:\t<none>`]
      : Object.entries(values).map(([key, value], index) => `${index === 0 ? `${name}:` : ''}\t${key}=${value}`);
  return [
    'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    `StorageClass:\t${spec?.storageClassName ?? ''}`,
    `Volume:\t${spec?.volumeName ?? ''}`,
    ...map('Labels', metadata?.labels),
    ...map('Annotations', metadata?.annotations),
    `Capacity:\t${(spec?.resources?.requests as Readonly<Record<string, string>> | undefined)?.['storage'] ?? ''}`,
    `Access Modes:\t${shortAccessModes(spec?.accessModes)}`,
    ...(spec?.volumeMode === undefined ? [] : [`VolumeMode:\t${spec.volumeMode}`]),
  ];
}

const ACCESS_MODES: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** `RWO,ROX` */
export function shortAccessModes(modes: readonly string[] = []): string {
  return ACCESS_MODES.filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',');
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
