import { ConfigurationError } from '../../api/config-shape.ts';
import { KINDS } from '../../api/kind-list.ts';
import type { Etcd, EtcdClient } from '../../etcd/index.ts';
import {
  createTransformers,
  EncryptingEtcd,
  KeyResources,
  ResourceTransformers,
  readEncryptionConfiguration,
} from '../../kube-apiserver/encryption/index.ts';
import type { OpenedValues } from '../../kube-apiserver/index.ts';
import { flagValue, klog } from '../../linux/programs/go/runtime.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { TaskGroup } from '../../linux/task-group.ts';
import type { Simulation, Task } from '../../sim/index.ts';
import { readTextFile } from './text-file.ts';

/** What a store is encrypted in. */
export interface EncryptionSurroundings {
  readonly process: Process;
  readonly threads: TaskGroup;
  readonly sim: Simulation;
  /** What this API server's cluster has decrypted. */
  readonly opened: OpenedValues;
}

const FLAG = 'encryption-provider-config';
const RELOAD_FLAG = `${FLAG}-automatic-reload`;
/** How often the file is looked at. */
const RELOAD_MS = 60_000;

/**
 * The API server's way to a store as `--encryption-provider-config` has it. Without that flag everything is stored as it is,
 * and what others have encrypted cannot be read.
 *
 * @throws ConfigurationError
 */
export function encryptingClient({
  process,
  threads,
  sim,
  opened,
}: EncryptionSurroundings): (store: Etcd) => EtcdClient {
  const path = flagValue(process.argv, FLAG) ?? '';
  const reloads = process.argv.includes(`--${RELOAD_FLAG}`) || flagValue(process.argv, RELOAD_FLAG) === 'true';
  const resources = new KeyResources(KINDS);
  let transformers = new ResourceTransformers(resources);
  if (path === '') {
    if (reloads) throw new ConfigurationError(`--${RELOAD_FLAG} must be set with --${FLAG}`);
  } else {
    const random = sim.random('kube-apiserver/encryption');
    const draw = (count: number) => Uint8Array.from({ length: count }, () => random.below(256));
    const load = (text: string) => transformersOf(text, path, (each) => createTransformers(each, resources, draw));
    const text = explained(() => fileText(process, path));
    transformers = load(text);
    if (reloads) {
      const use = (changed: string) => {
        transformers = load(changed);
      };
      threads.start(followFile(process, path, text, use));
    }
  }
  return (store) => new EncryptingEtcd(store, opened, () => transformers);
}

type Configuration = ReturnType<typeof readEncryptionConfiguration>;

function transformersOf(text: string, path: string, create: (from: Configuration) => ResourceTransformers) {
  const configuration = explained(() => readEncryptionConfiguration(text, path));
  try {
    return create(configuration);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`error while building transformers: ${error.message}`);
  }
}

function explained<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`error while parsing file: ${error.message}`);
  }
}

function fileText(process: Process, path: string): string {
  const file = JSON.stringify(path);
  const why = (reason: string) =>
    `error while loading file: error reading encryption provider configuration file ${file}: ${reason}`;
  return readTextFile(process, path, why);
}

/** Loads the file again when it has changed. One that is no good changes nothing. */
function* followFile(process: Process, path: string, loaded: string, use: (text: string) => void): Task<void> {
  let last = loaded;
  for (;;) {
    yield* process.sleep(RELOAD_MS);
    let problem: string | undefined;
    try {
      const text = explained(() => fileText(process, path));
      if (text !== last) use(text);
      last = text;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problem = error.message;
    }
    if (problem === undefined) continue;
    const text = `"Unhandled Error" err="error processing encryption config file ${path}: ${escaped(problem)}"`;
    yield* klog(process, 'E', 'controller.go:157', text);
  }
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
