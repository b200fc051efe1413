import type { Pod } from '../../api/kinds.ts';
import { pods } from '../../api/resources.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isExpected } from '../command-error.ts';
import { containerLog } from '../container-log.ts';
import type { Invocation } from '../invocation.ts';
import { podsOf } from '../pods-of.ts';
import { checkNotCompleted, checkTerminal, runSession, type SessionOptions } from '../remote-terminal.ts';
import { checkRunningTimeout, chooseContainer, RUNNING_TIMEOUT_FLAG } from './exec.ts';

export const attach: Command = {
  name: 'attach',
  summary: 'Attach to a running container',
  section: 'Troubleshooting and Debugging Commands',
  usage: 'attach (POD | TYPE/NAME) -c CONTAINER',
  operand: 'pod',
  flags: [
    { name: 'stdin', short: 'i', type: 'bool', help: 'Hand standard input to the container' },
    { name: 'tty', short: 't', type: 'bool', help: 'Standard input is a terminal' },
    { name: 'container', short: 'c', type: 'string', help: 'The container' },
    { name: 'quiet', short: 'q', type: 'bool', help: 'Print only what the container prints' },
    RUNNING_TIMEOUT_FLAG,
  ],
  *run(invocation) {
    const { flags, args } = invocation;
    checkRunningTimeout(invocation);
    const [target] = args;
    if (target === undefined) throw new CommandError('at least 1 argument is required for attach');
    const [pod] = podsOf(invocation, target);
    if (pod === undefined) throw new CommandError('timed out waiting for the condition');
    checkNotCompleted(pod, 'attach to');
    const container = chooseContainer(invocation, pod, flags.bool('quiet'));
    const options = checkTerminal(invocation, { stdin: flags.bool('stdin'), tty: flags.bool('tty') });
    yield* attachTo(invocation, pod, container, options);
    return 0;
  },
};

/** Joins the container's own standard streams; returns when it ends. */
function* attachTo(invocation: Invocation, pod: Pod, container: string, options: SessionOptions): Task<void> {
  const quiet = invocation.flags.has('quiet') && invocation.flags.bool('quiet');
  if (!quiet) {
    invocation.streams.err(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    );
  }
  const request = {
    method: 'GET',
    path: invocation.path(pods, pod.metadata.namespace, pod.metadata.name, 'attach'),
    query: {
      container,
      stdout: 'true',
      ...(options.stdin ? { stdin: 'true' } : {}),
      ...(options.tty ? { tty: 'true' } : { stderr: 'true' }),
    },
  } as const;
  const response = yield* invocation.patiently(() => invocation.client.request(request));
  yield* runSession(invocation, response, options);
  const again = !quiet && options.stdin && options.tty && pod.spec?.restartPolicy === 'Always';
  if (again) invocation.streams.out(howToComeBack(pod, container));
}

/** What is left of a container whose session has ended: it is started anew, unless it is there for debugging only. */
function howToComeBack(pod: Pod, container: string): string {
  const command = `'kubectl attach ${pod.metadata.name} -c ${container} -i -t'`;
  const passing = pod.spec?.ephemeralContainers?.some(({ name }) => name === container) ?? false;
  return passing
    ? `Session ended, the ephemeral container will not be restarted but may be reattached using ${command} if it is still running\n`
    : `Session ended, resume using ${command} command when the pod is running\n`;
}

/**
 * Joins a container that `run` or `debug` has just started. Where it cannot be joined, most often because it has ended already,
 * what it has said is in its log.
 */
export function* attachToNew(invocation: Invocation, pod: Pod, container: string, options: SessionOptions): Task<void> {
  try {
    yield* attachTo(invocation, pod, container, options);
  } catch (error) {
    if (!isExpected(error)) throw error;
    const what = `couldn't attach to pod/${pod.metadata.name}, falling back to streaming logs`;
    invocation.streams.err(`warning: ${what}: ${error.message}\n`);
    yield* showLog(invocation, pod, container);
  }
}

/** Prints what a container has said so far. */
export function* showLog(invocation: Invocation, pod: Pod, container: string): Task<void> {
  yield* invocation.streams.flush();
  yield* invocation.process.write(1, containerLog(invocation, pod, container));
}
