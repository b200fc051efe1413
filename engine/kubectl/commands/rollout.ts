import type { Deployment } from '../../api/kinds.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { resourceName } from '../discovery.ts';
import { FILE_FLAGS, fieldManagerFlag, OUTPUT_FLAGS, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { Report } from '../output/report.ts';
import { collect, type Found } from '../resource-finder.ts';
import { rolloutTargets } from '../rollout-targets.ts';
import { rolloutHistory } from './rollout-history.ts';
import { rolloutStatus } from './rollout-status.ts';
import { rolloutUndo } from './rollout-undo.ts';

const pause: Command = changer('pause', 'Mark the provided resource as paused', 'paused', (found) => {
  const { resource, name } = found;
  if (isPaused(found))
    throw new CommandError(`error: ${resourceName(resource)} ${JSON.stringify(name)} is already paused`);
  return { spec: { paused: true } };
});

const resume: Command = changer('resume', 'Resume a paused resource', 'resumed', (found) => {
  const { resource, name } = found;
  if (!isPaused(found))
    throw new CommandError(`error: ${resourceName(resource)} ${JSON.stringify(name)} is not paused`);
  return { spec: { paused: null } };
});

const restart: Command = changer('restart', 'Restart a resource', 'restarted', (found, invocation) => {
  const { resource, name } = found;
  if (isPaused(found)) {
    const what = `${resourceName(resource)} ${JSON.stringify(name)}`;
    throw new CommandError(`error: ${what} can't restart paused deployment (run rollout resume first)`);
  }
  const restartedAt = `${new Date(invocation.now()).toISOString().slice(0, 19)}Z`;
  return { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt } } } } };
});

export const rollout: Command = {
  name: 'rollout',
  summary: 'Manage the rollout of a resource',
  section: 'Deploy Commands',
  usage: 'rollout SUBCOMMAND [options]',
  subcommands: [rolloutHistory, pause, restart, resume, rolloutStatus, rolloutUndo],
};

function isPaused({ object }: Found): boolean {
  return (object as unknown as Deployment).spec.paused === true;
}

/** A command that patches each object and says so. */
function changer(
  name: string,
  summary: string,
  done: string,
  patchFor: (found: Found, invocation: Invocation) => unknown,
): Command {
  return {
    name,
    summary,
    usage: `rollout ${name} RESOURCE`,
    operand: 'rollout-target',
    flags: [...FILE_FLAGS, SELECTOR_FLAG, ...OUTPUT_FLAGS, fieldManagerFlag('kubectl-rollout')],
    *run(invocation) {
      const { found, errors: missing } = yield* rolloutTargets(invocation);
      const report = new Report(invocation, true);
      const errors: Error[] = [...missing];
      for (const one of found) {
        yield* collect(invocation, errors, () => {
          if (one.resource.kind !== 'Deployment' && !(name === 'restart' && RESTARTABLE.has(one.resource.kind))) {
            const verb = { pause: 'pausing', resume: 'resuming', restart: 'restarting' }[name];
            throw new CommandError(
              `error: ${resourceName(one.resource)} ${JSON.stringify(one.name)} ${verb} is not supported`,
            );
          }
          const patch = patchFor(one, invocation);
          report.done(invocation.patch(one.resource, one.name, one.namespace, 'strategic-merge', patch), done);
        });
      }
      throwCollected(errors);
      return 0;
    },
  };
}

const RESTARTABLE: ReadonlySet<string> = new Set(['Deployment', 'DaemonSet', 'StatefulSet']);
