import type { Telling } from './assertion.ts';
import type { Observation } from './exercise.ts';
import { cut } from './json.ts';

/** So much is told of a command. */
const MOST_OF_COMMAND = 120;

/** What came of a command or a request, by the field that has it. */
const TELLINGS: Readonly<Record<string, Telling>> = {
  stdout: { did: 'printed', should: 'print' },
  stderr: { did: 'complained of', should: 'complain of' },
  exitCode: { did: 'ended with exit code', should: 'end with' },
  body: { did: 'answered', should: 'answer' },
  status: { did: 'answered with status', should: 'answer with' },
};

/** How the field at `path` of what was observed is told; undefined for what is told by its path. */
export function tellingOf(observation: Observation, path: string): Telling | undefined {
  if ('object' in observation) return undefined;
  const telling = TELLINGS[path];
  return telling === undefined ? undefined : { ...telling, did: `${doerOf(observation)} ${telling.did}` };
}

type Asking = Exclude<Observation, { readonly object: unknown }>;

/** Who was asked, or what was run and where, so that a learner can do the same. */
export function doerOf(observation: Asking): string {
  if ('http' in observation) {
    const { port, path = '/' } = observation.http;
    return `${path === '/' ? 'port' : `"${path}" at port`} ${port} of ${podOf(observation.http)}`;
  }
  if ('run' in observation) return `"${commandText(observation.run.command)}" on ${observation.run.host}`;
  return `"${commandText(observation.exec.command)}" in ${podOf(observation.exec)}`;
}

function podOf({ pod, namespace = 'default' }: { readonly pod: string; readonly namespace?: string }): string {
  return `the Pod "${pod}"${namespace === 'default' ? '' : ` of the namespace "${namespace}"`}`;
}

/** A command as one would type it; of a shell's, what the shell is to do. Long ones are cut. */
function commandText(command: readonly string[]): string {
  const [shell, flag, script] = command;
  const isScript = /^(ba)?sh$/.test(shell ?? '') && flag === '-c' && script !== undefined;
  return cut(isScript ? script : command.join(' '), MOST_OF_COMMAND);
}
