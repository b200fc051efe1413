import type { CreateDeviceManager } from '../../kubelet/devices.ts';
import type { KubeletConfiguration } from '../../kubelet/index.ts';
import type { CreateNodePlugins } from '../../kubelet/plugins.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { CheckFlags } from '../component/component-flags/index.ts';
import type { OpenKubeletDoor } from './kubelet-door.ts';

/** What a kubelet does only when a learner has had a say. */
export interface LateKubeletParts {
  readonly createDeviceManager: CreateDeviceManager;
  readonly createNodePlugins: CreateNodePlugins;
  /** What a kubelet does that may ask for a certificate; returns what went wrong. */
  readonly bootstrapKubelet: (process: Process) => Task<string | undefined>;
  /** Throws ConfigurationError. */
  readonly readKubeletConfiguration: (root: Process, path: string) => KubeletConfiguration;
  readonly openKubeletDoor: OpenKubeletDoor;
  readonly checkFlags: CheckFlags;
}
