import { CommandError, isStatus } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import type { ManifestObject } from '../manifest-files.ts';
import { locate } from '../resource-finder.ts';
import { withField } from '../unstructured.ts';
import type { Applied } from './applied.ts';

const CONFLICT_HELP = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

/** `apply --server-side`: the manifest itself is the patch. */
export function applyServerSide(invocation: Invocation, applied: Applied, manifest: ManifestObject): void {
  const { resource, namespace, name } = locate(invocation, manifest);
  const object =
    namespace === undefined ? manifest.object : withField(manifest.object, ['metadata', 'namespace'], namespace);
  const { flags } = invocation;
  const manager = flags.changed('field-manager') ? flags.string('field-manager') : 'kubectl';
  const subresource = flags.string('subresource');
  try {
    const result = invocation.of(resource).patch(name, namespace, 'apply', object, {
      ...invocation.writeOptions(),
      fieldManager: manager,
      force: flags.bool('force-conflicts'),
      ...(subresource === '' ? {} : { subresource }),
    });
    applied.add(result, 'serverside-applied');
  } catch (error) {
    if (!isStatus(error, 'Conflict')) throw error;
    throw new CommandError(`${(error as Error).message}\n${CONFLICT_HELP}`);
  }
}
