import type { PodTemplateSpec } from '../../api/kinds.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { DescriptionWriter } from '../describe/description-writer.ts';
import { describePodTemplate } from '../describe/pod-template.ts';
import { groupKind } from '../discovery.ts';
import { OUTPUT_FLAGS } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { objectName, objectPrinter } from '../output/object-printer.ts';
import { alignTabs, DESCRIPTION_LAYOUT } from '../output/tabwriter.ts';
import { collect, type Found } from '../resource-finder.ts';
import { type RolloutRevision, rolloutRevisions } from '../rollout-revisions.ts';
import { rolloutTargets, TARGET_FLAGS } from '../rollout-targets.ts';

const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export const rolloutHistory: Command = {
  name: 'history',
  summary: 'View rollout history',
  usage: 'rollout history (TYPE NAME | TYPE/NAME) [flags]',
  operand: 'rollout-target',
  flags: [
    ...TARGET_FLAGS,
    ...OUTPUT_FLAGS,
    { name: 'revision', type: 'int', default: '0', help: 'Show this revision in full' },
  ],
  *run(invocation) {
    const { found, errors: missing } = yield* rolloutTargets(invocation);
    const errors: Error[] = [...missing];
    for (const one of found) yield* collect(invocation, errors, () => show(invocation, one));
    throwCollected(errors);
    return 0;
  },
};

function show(invocation: Invocation, found: Found): void {
  const { flags, streams } = invocation;
  const revisions = rolloutRevisions(invocation, found);
  if (revisions === undefined) {
    throw new CommandError(`no history viewer has been implemented for ${JSON.stringify(groupKind(found.resource))}`);
  }
  const wanted = flags.int('revision');
  const printer = objectPrinter(invocation, true);
  if (printer !== undefined) {
    for (const [revision, { object }] of revisions) {
      if (wanted === 0 || wanted === revision) streams.out(printer(object));
    }
    return;
  }
  const name = objectName(found.object);
  if (wanted === 0) {
    if (revisions.size === 0) {
      streams.out(`${name} \nNo rollout history found.\n`);
      return;
    }
    const rows = [...revisions].map(
      ([revision, { object }]) => `${revision}\t${object.metadata.annotations?.[CHANGE_CAUSE] ?? '<none>'}\n`,
    );
    streams.out(`${name} \n${alignTabs(`REVISION\tCHANGE-CAUSE\n${rows.join('')}`, DESCRIPTION_LAYOUT)}\n`);
    return;
  }
  const revision = revisions.get(wanted);
  if (revision === undefined) throw new CommandError(`unable to find the specified revision`);
  const writer = new DescriptionWriter();
  describePodTemplate(writer, withChangeCause(revision));
  // The real kubectl does not align this either.
  streams.out(`${name} with revision #${wanted}\n${writer.raw}\n`);
}

/** The template with the cause of the change on it, where the real kubectl shows it too. */
function withChangeCause({ object, template }: RolloutRevision): PodTemplateSpec | undefined {
  const cause = object.metadata.annotations?.[CHANGE_CAUSE];
  if (cause === undefined || template === undefined) return template;
  const annotations = { ...template.metadata?.annotations, [CHANGE_CAUSE]: cause };
  return { ...template, metadata: { ...template.metadata, annotations } };
}
