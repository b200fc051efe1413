import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isStatus, throwCollected, withSource } from '../command-error.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, OUTPUT_FLAGS, VALIDATE_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { givesFiles, type ManifestObject, readManifests } from '../manifest-files.ts';
import { requireSchema, validates } from '../manifest-validation.ts';
import { Report } from '../output/report.ts';
import { collectTask, locate } from '../resource-finder.ts';
import { type Unstructured, withField } from '../unstructured.ts';
import { waitUntilGone } from '../wait-deletion.ts';

export const replace: Command = {
  name: 'replace',
  summary: 'Replace a resource by file name or stdin',
  section: 'Advanced Commands',
  usage: 'replace -f FILENAME',
  examples: ['kubectl replace -f pod.yaml', 'kubectl replace --force -f pod.yaml'],
  operand: 'none',
  flags: [
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-replace'),
    { name: 'force', type: 'bool', help: 'Delete and create again' },
    { name: 'grace-period', type: 'int', default: '-1', help: 'With --force: seconds that the old object gets to end' },
  ],
  *run(invocation) {
    const { flags, args, process, streams } = invocation;
    if (args.length > 0) throw invocation.usageError(`Unexpected args: [${args.join(' ')}]`);
    if (!givesFiles(flags)) throw new CommandError('must specify one of -f and -k');
    const manifests = yield* readManifests(process, streams, flags, validates(invocation));
    requireSchema(invocation, manifests);
    const report = new Report(invocation);
    const errors: Error[] = [];
    for (const manifest of manifests.objects) {
      yield* collectTask(
        errors,
        flags.bool('force') ? recreate(invocation, report, manifest) : update(invocation, report, manifest),
      );
    }
    throwCollected([...errors, ...manifests.errors]);
    return 0;
  },
};

function* update(invocation: Invocation, report: Report, manifest: ManifestObject): Task<void> {
  const { resource, namespace } = locate(invocation, manifest);
  const object = placed(manifest.object, namespace);
  if (invocation.dryRun === 'client') return report.done(object, 'replaced');
  try {
    report.done(invocation.of(resource).update(object, invocation.writeOptions()), 'replaced');
  } catch (error) {
    throw error instanceof Error ? withSource(error, 'replacing', manifest.source) : error;
  }
}

function* recreate(invocation: Invocation, report: Report, manifest: ManifestObject): Task<void> {
  const { resource, namespace, name } = locate(invocation, manifest);
  const grace = invocation.flags.int('grace-period');
  try {
    const { metadata } = invocation.get(resource, name, namespace);
    invocation.of(resource).delete(name, namespace, {
      propagationPolicy: 'Background',
      ...(grace < 0 ? {} : { gracePeriodSeconds: grace }),
    });
    const where = namespace === undefined ? '' : ` from ${namespace} namespace`;
    invocation.streams.out(`${resource.kind.toLowerCase()} ${JSON.stringify(name)} deleted${where}\n`);
    yield* waitUntilGone(invocation, { resource, namespace, name }, metadata.uid, Number.POSITIVE_INFINITY);
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
  }
  report.done(
    invocation.of(resource).create(placed(manifest.object, namespace), invocation.writeOptions()),
    'replaced',
  );
}

function placed(object: Unstructured, namespace: string | undefined): Unstructured {
  return (namespace === undefined ? object : withField(object, ['metadata', 'namespace'], namespace)) as Unstructured;
}
