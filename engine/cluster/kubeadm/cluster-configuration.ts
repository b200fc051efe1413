import { configMaps } from '../../api/resources.ts';
import { print } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import { ask, clientOf, configPath } from './api.ts';
import { type Asked, KubeadmError } from './command.ts';

/**
 * Reads what `kubeadm init` has left of its configuration, and says so. What is done with certificates has to be possible
 * where no cluster answers: then the defaults do.
 */
export function* readClusterConfiguration(asked: Asked, who: string): Task<void> {
  const { process } = asked;
  yield* announceReading(asked, who);
  try {
    const client = clientOf(asked, configPath(asked));
    yield* ask(process, () => client.resource(configMaps).get('kubeadm-config', 'kube-system'));
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error;
    yield* print(
      process,
      `[${who}] Error reading configuration from the Cluster. Falling back to default configuration\n`,
    );
  }
}

export function announceReading({ process }: Asked, who: string): Task<void> {
  return print(
    process,
    `[${who}] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n` +
      `[${who}] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n`,
  );
}
