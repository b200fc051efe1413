import { FlagError, type FlagSpecs, parseFlags } from '../../../linux/programs/go/flags.ts';
import { API_SERVER_FLAGS } from './kube-apiserver.ts';
import { KUBELET_FLAGS } from './kubelet.ts';
import { CONTROLLER_MANAGER_FLAGS, SCHEDULER_FLAGS } from './leading-components.ts';
import { type FlagNames, specsOf } from './names.ts';

/** What is wrong with a command line, as the component says it; undefined for one that it takes. */
export type CheckFlags = (argv: readonly string[]) => string | undefined;

const NAMES: Readonly<Record<string, FlagNames>> = {
  'kube-apiserver': API_SERVER_FLAGS,
  'kube-controller-manager': CONTROLLER_MANAGER_FLAGS,
  'kube-scheduler': SCHEDULER_FLAGS,
  kubelet: KUBELET_FLAGS,
};

/**
 * Holds the command line of a component against the flags that its release has. That a flag is known here does not mean that
 * the simulation goes by it. The real scheduler prints its usage, too.
 */
export const checkFlags: CheckFlags = (argv) => {
  const command = argv[0]!.slice(argv[0]!.lastIndexOf('/') + 1);
  const names = NAMES[command];
  if (names === undefined) return undefined;
  const specs: FlagSpecs = specsOf(names);
  try {
    const { args } = parseFlags(argv.slice(1), specs);
    if (args.length === 0) return undefined;
    return `${JSON.stringify(command)} does not take any arguments, got [${args.map((each) => JSON.stringify(each)).join(' ')}]`;
  } catch (error) {
    if (error instanceof FlagError) return error.message;
    throw error;
  }
};
