import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStatus, PodSandboxStatus } from '../cri.ts';
import { readContainerConfig, readSandboxConfig } from './config-files.ts';
import { CallError, callCri } from './cri-client.ts';
import { cliFlags, type Line } from './flags.ts';
import { type Command, find, requireArgument } from './line.ts';

// What the kubelet does otherwise, by hand: sandboxes and containers from files. A kubelet that runs takes them for
// leftovers of Pods that are gone, and removes them.

/** `crictl runp pod-config.json` */
function* runp(process: Process, line: Line): Task<string> {
  return `${yield* runSandbox(process, line, requireFile(line, 0, 'pod-config'))}\n`;
}

function* runSandbox(process: Process, { flags }: Line, path: string): Task<string> {
  const handler = flags.get('runtime');
  const config = readSandboxConfig(process, path);
  return yield* callCri<string>(process, 'runPodSandbox', config, ...(handler === undefined ? [] : [handler]));
}

/** `crictl create POD container-config.json pod-config.json` */
function* create(process: Process, line: Line): Task<string> {
  const pod = requireArgument(line);
  const [container, sandbox] = [requireFile(line, 1, 'container-config'), requireFile(line, 2, 'pod-config')];
  const { id } = yield* find<PodSandboxStatus>(process, 'listPodSandboxes', pod, 'sandbox');
  return `${yield* createIn(process, line, id, [container, sandbox])}\n`;
}

function* createIn(
  process: Process,
  line: Line,
  sandbox: string,
  [containerPath, sandboxPath]: readonly [string, string],
): Task<string> {
  const config = readContainerConfig(process, containerPath);
  const sandboxConfig = readSandboxConfig(process, sandboxPath);
  if (line.flags.has('with-pull')) yield* callCri(process, 'pullImage', config.image);
  return yield* callCri<string>(process, 'createContainer', sandbox, config, sandboxConfig);
}

/** `crictl start CONTAINER…` */
function* start(process: Process, line: Line): Task<string> {
  requireArgument(line);
  let output = '';
  for (const given of line.args) {
    const { id } = yield* find<ContainerStatus>(process, 'listContainers', given, 'container');
    yield* callCri(process, 'startContainer', id);
    output += `${given}\n`;
  }
  return output;
}

/** `crictl run container-config.json pod-config.json`: all three at once. */
function* run(process: Process, line: Line): Task<string> {
  const paths = [requireFile(line, 0, 'container-config'), requireFile(line, 1, 'pod-config')] as const;
  readContainerConfig(process, paths[0]);
  const sandbox = yield* runSandbox(process, line, paths[1]);
  const id = yield* createIn(process, line, sandbox, paths);
  yield* callCri(process, 'startContainer', id);
  return `${id}\n`;
}

function requireFile({ args }: Line, at: number, what: string): string {
  const path = args[at];
  if (path === undefined) throw new CallError(`${what} is required`);
  return path;
}

const PULL_FLAGS = `
  auth=string Use a base64 encoded 'USERNAME[:PASSWORD]' for accessing the registry
  cancel-timeout|T=duration Seconds to wait for a container create request before cancelling the request
  creds=string Use USERNAME[:PASSWORD] for accessing the registry
  no-pull Do not pull the image
  with-pull Pull the image`;
const RUNTIME_FLAG = 'runtime|r=string Runtime handler to use. Available options are defined by the container runtime.';

/** What is made by hand. */
export const MAKERS: readonly Command[] = [
  {
    name: 'create',
    usage: 'Create a new container',
    operands: 'POD container-config.[json|yaml] pod-config.[json|yaml]',
    flags: cliFlags(PULL_FLAGS),
    run: create,
  },
  {
    name: 'start',
    usage: 'Start one or more created containers',
    operands: 'CONTAINER-ID [CONTAINER-ID...]',
    run: start,
  },
  {
    name: 'run',
    usage: 'Run a new container inside a sandbox',
    operands: 'container-config.[json|yaml] pod-config.[json|yaml]',
    flags: cliFlags(`${PULL_FLAGS}\n${RUNTIME_FLAG}`),
    run,
  },
  {
    name: 'runp',
    usage: 'Run a new pod',
    operands: 'pod-config.[json|yaml]',
    flags: cliFlags(
      `cancel-timeout|T=duration Seconds to wait for a run pod sandbox request to complete\n${RUNTIME_FLAG}`,
    ),
    run: runp,
  },
];
