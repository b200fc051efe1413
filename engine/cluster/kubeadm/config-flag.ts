import type { FlagSpecs } from '../../linux/programs/go/flags.ts';
import type { Task } from '../../sim/index.ts';
import { type Asked, KubeadmError } from './command.ts';
import { type ConfigurationFile, type ReadOptions, readConfigurationFile } from './configuration.ts';

export const CONFIG_FLAG: FlagSpecs = {
  config: { type: 'string', default: '', usage: 'Path to a kubeadm configuration file.' },
};

/** Flags that may stand beside `--config`. */
const BESIDE = ['config', 'kubeconfig', 'v', 'ignore-preflight-errors', 'dry-run', 'skip-phases', 'upload-certs'];

/**
 * The file that `--config` names; undefined without the flag.
 *
 * @throws KubeadmError
 */
export function* loadConfiguration(asked: Asked, options: ReadOptions = {}): Task<ConfigurationFile | undefined> {
  const { process, flags } = asked;
  const path = flags.string('config');
  return path === '' ? undefined : yield* readConfigurationFile(process, path, options);
}

/** What the file says must not be said by flags, too. @throws KubeadmError */
export function requireNoOthers({ flags }: Asked, names: readonly string[]): void {
  if (flags.string('config') === '') return;
  const others = names.filter((name) => flags.has(name) && !BESIDE.includes(name)).sort();
  if (others.length > 0) throw new KubeadmError(`can not mix '--config' with arguments [${others.join(' ')}]`);
}
