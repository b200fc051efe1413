import { writeAtomically } from './atomic-writer.ts';
import { DEFAULT_MODE, type Files, projectConfigMap, projectDownward } from './projections.ts';
import { VolumeError, type VolumePlugin } from './volume.ts';

export const configMap: VolumePlugin = {
  field: 'configMap',
  setUp(context, pod, volume, directory) {
    const { defaultMode, ...source } = volume.configMap!;
    writeAtomically(context.root, directory, projectConfigMap(context, pod, source, defaultMode ?? DEFAULT_MODE));
    return directory;
  },
};

export const downwardApi: VolumePlugin = {
  field: 'downwardAPI',
  setUp(context, pod, volume, directory) {
    const { defaultMode, ...source } = volume.downwardAPI!;
    writeAtomically(context.root, directory, projectDownward(context, pod, source, defaultMode ?? DEFAULT_MODE));
    return directory;
  },
};

/** https://kubernetes.io/docs/concepts/storage/projected-volumes/ */
export const projected: VolumePlugin = {
  field: 'projected',
  setUp(context, pod, volume, directory) {
    const { sources = [], defaultMode: mode = DEFAULT_MODE } = volume.projected!;
    const files: Files = new Map();
    for (const source of sources) {
      let part: Files;
      if (source.configMap !== undefined) part = projectConfigMap(context, pod, source.configMap, mode);
      else if (source.downwardAPI !== undefined) part = projectDownward(context, pod, source.downwardAPI, mode);
      else throw new VolumeError(`projected ${Object.keys(source)[0]} is not supported by this simulation yet`);
      for (const [path, file] of part) files.set(path, file);
    }
    writeAtomically(context.root, directory, files);
    return directory;
  },
};
