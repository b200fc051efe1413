import { unifiedHunks } from '../../../linux/programs/diff.ts';
import { print } from '../../../linux/stdio.ts';
import type { Task } from '../../../sim/index.ts';
import { STATIC_POD_PATH } from '../../bootstrap/static-pods.ts';
import { clientOf } from '../api.ts';
import { type Asked, KubeadmError } from '../command.ts';
import { releasedAs } from './apply.ts';
import { COMPONENTS, readConfiguration } from './cluster-state.ts';
import { numbersOf } from './policy.ts';
import { newManifests } from './static-pods.ts';

/** Shows what an upgrade would make of the manifests on this machine: etcd's is not compared. */
export function* diff(asked: Asked): Task<void> {
  const { process, flags } = asked;
  const configuration = yield* readConfiguration(process, clientOf(asked));
  const [version = configuration.kubernetesVersion] = asked.args;
  const release = releasedAs(`v${numbersOf(version).join('.')}`);
  const manifests = newManifests(process, configuration, release);
  for (const component of COMPONENTS.filter((name) => name !== 'etcd')) {
    const path = `${STATIC_POD_PATH}/${component}.yaml`;
    if (!process.access(path, 'read')) throw new KubeadmError(`open ${path}: no such file or directory`);
    const hunks = unifiedHunks(process.readText(path), manifests[`${component}.yaml`]!, flags.number('context-lines'));
    if (hunks !== '') yield* print(process, `--- ${path}\n+++ new manifest\n${hunks}`);
  }
}
