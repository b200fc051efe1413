import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isStatus, throwCollected, withSource } from '../command-error.ts';
import { DELETION_FLAGS, deleteOptionsOf } from '../deletion.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, OUTPUT_FLAGS, VALIDATE_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { withLastApplied } from '../last-applied.ts';
import { givesFiles, type ManifestObject, readManifests } from '../manifest-files.ts';
import { requireSchema, validates } from '../manifest-validation.ts';
import { Report } from '../output/report.ts';
import { rawFlag, sendRaw } from '../raw-request.ts';
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
    ...DELETION_FLAGS,
    rawFlag('PUT'),
    { name: 'save-config', type: 'bool', help: 'Keep the manifest in an annotation, for a later apply' },
    { name: 'subresource', type: 'string', help: 'Replace this subresource', values: ['status', 'scale'] },
  ],
  *run(invocation) {
    const { flags, args, process, streams } = invocation;
    if (flags.string('raw') !== '') return yield* sendRaw(invocation, 'PUT');
    if (!givesFiles(flags)) throw new CommandError('must specify one of -f and -k');
    if (args.length > 0) throw invocation.usageError(`Unexpected args: [${args.join(' ')}]`);
    requireForce(invocation);
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

/** What is deleted first can be told how; a dry run of it there is not. https://github.com/kubernetes/kubernetes/pull/110326 */
function requireForce({ flags, dryRun }: Invocation): void {
  if (flags.bool('force')) {
    if (dryRun !== 'none') throw new CommandError('--dry-run can not be used when --force is set');
    return;
  }
  if (flags.int('grace-period') >= 0) throw new CommandError('--grace-period must have --force specified');
  if (flags.duration('timeout') !== 0) throw new CommandError('--timeout must have --force specified');
}

function* update(invocation: Invocation, report: Report, manifest: ManifestObject): Task<void> {
  const { resource, namespace } = locate(invocation, manifest);
  const object = placed(invocation, manifest.object, namespace);
  const subresource = invocation.flags.string('subresource');
  if (invocation.dryRun === 'client') return report.done(object, 'replaced');
  try {
    const options = { ...invocation.writeOptions(), ...(subresource === '' ? {} : { subresource }) };
    report.done(yield* invocation.patiently(() => invocation.of(resource).update(object, options)), 'replaced');
  } catch (error) {
    throw error instanceof Error ? withSource(error, 'replacing', manifest.source) : error;
  }
}

function* recreate(invocation: Invocation, report: Report, manifest: ManifestObject): Task<void> {
  const { resource, namespace, name } = locate(invocation, manifest);
  try {
    const { metadata } = invocation.get(resource, name, namespace);
    yield* invocation.patiently(() => invocation.of(resource).delete(name, namespace, deleteOptionsOf(invocation)));
    const where = namespace === undefined ? '' : ` from ${namespace} namespace`;
    invocation.streams.out(`${resource.kind.toLowerCase()} ${JSON.stringify(name)} deleted${where}\n`);
    yield* waitUntilGone(invocation, { resource, namespace, name }, metadata.uid, Number.POSITIVE_INFINITY);
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
  }
  const object = placed(invocation, manifest.object, namespace);
  const created = yield* invocation.patiently(() => invocation.create(resource, object, invocation.writeOptions()));
  report.done(created, 'replaced');
}

function placed({ flags }: Invocation, object: Unstructured, namespace: string | undefined): Unstructured {
  const inPlace = namespace === undefined ? object : withField(object, ['metadata', 'namespace'], namespace);
  return flags.bool('save-config') ? withLastApplied(inPlace as Unstructured) : (inPlace as Unstructured);
}
