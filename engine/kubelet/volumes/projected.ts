import type { Pod, Volume } from '../../api/kinds.ts';
import { makeDirectories } from '../../linux/directory-tree.ts';
import { type ProjectedFile, sameFiles, writeAtomically } from './atomic-writer.ts';
import { mountInMemory } from './empty-dir.ts';
import { giveToGroup } from './ownership.ts';
import { DEFAULT_MODE, projectConfigMap, projectDownward, projectSecret, projectToken } from './projections.ts';
import { type VolumeContext, VolumeError, type VolumePlugin } from './volume.ts';

/** As long as nobody has had the time to tamper with it, a volume that has nothing new to show is left alone. */
const TRUST_MS = 60_000;

type Projection = (context: VolumeContext, pod: Pod, volume: Volume, files: Map<string, ProjectedFile>) => void;

/** A volume made of files that show objects of the API; all but ConfigMaps are kept in memory. */
function projecting(field: keyof Volume, directory: string, inMemory: boolean, project: Projection): VolumePlugin {
  return {
    field,
    changes: true,
    directory,
    setUp(context, pod, volume, path, known) {
      const { root, sim } = context;
      const files = new Map<string, ProjectedFile>();
      project(context, pod, volume, files);
      const shown = known?.shown;
      if (shown !== undefined && sim.nowMs < shown.seenMs + TRUST_MS && sameFiles(shown.files, files)) return known!;
      if (inMemory) mountInMemory(context, pod, path);
      else if (!root.access(path, 'exists')) {
        makeDirectories(root, path, 0o750);
        root.chmod(path, 0o777);
      }
      const changed = writeAtomically(root, path, files);
      if (changed) giveToGroup(root, pod, path, true);
      return { hostPath: path, readOnly: true, shown: { files, seenMs: sim.nowMs } };
    },
  };
}

export const configMap = projecting('configMap', 'kubernetes.io~configmap', false, (context, pod, volume, files) => {
  const { defaultMode = DEFAULT_MODE, ...source } = volume.configMap!;
  projectConfigMap(context, pod, source, defaultMode, files);
});

export const secret = projecting('secret', 'kubernetes.io~secret', true, (context, pod, volume, files) => {
  const { defaultMode = DEFAULT_MODE, secretName, items, optional } = volume.secret!;
  projectSecret(context, pod, { name: secretName, items, optional }, defaultMode, files);
});

export const downwardApi = projecting(
  'downwardAPI',
  'kubernetes.io~downward-api',
  true,
  (context, pod, volume, files) => {
    const { defaultMode = DEFAULT_MODE, ...source } = volume.downwardAPI!;
    projectDownward(context, pod, source, defaultMode, files);
  },
);

/** https://kubernetes.io/docs/concepts/storage/projected-volumes/ */
export const projected = projecting('projected', 'kubernetes.io~projected', true, (context, pod, volume, files) => {
  const { sources = [], defaultMode: mode = DEFAULT_MODE } = volume.projected!;
  const problems: string[] = [];
  for (const source of sources) {
    try {
      projectSource(context, pod, source, mode, files);
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new VolumeError(problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
});

type Source = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

function projectSource(
  context: VolumeContext,
  pod: Pod,
  source: Source,
  mode: number,
  files: Map<string, ProjectedFile>,
): void {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap !== undefined) projectConfigMap(context, pod, configMap, mode, files);
  else if (secret !== undefined) projectSecret(context, pod, secret, mode, files);
  else if (downwardAPI !== undefined) projectDownward(context, pod, downwardAPI, mode, files);
  else if (serviceAccountToken !== undefined) projectToken(context, pod, serviceAccountToken, mode, files);
  else throw new VolumeError(`projected ${Object.keys(source)[0]} volumes are not supported by this simulation`);
}
