import { CommandError } from './command-error.ts';
import type { ApiResource, Discovery } from './discovery.ts';

/** What the arguments of a command ask for: objects by name, or a whole resource when `names` is absent. */
export interface ResourceRequest {
  readonly resource: ApiResource;
  readonly names?: readonly string[];
}

/**
 * Understands `pods`, `pods a b`, `pod/a deploy/b`, `pods,deploy`, `all`.
 * After k8s.io/cli-runtime/pkg/resource/builder.go.
 *
 * @throws CommandError
 */
export function parseResourceArgs(discovery: Discovery, args: readonly string[]): readonly ResourceRequest[] {
  if (args.some((arg) => arg.includes('/'))) return args.map((arg) => parseSlashed(discovery, args, arg));
  const [types, ...names] = args;
  if (types === undefined) return [];
  const resources = types.split(',').flatMap((type) => resourcesNamed(discovery, type));
  return resources.map((resource) => (names.length === 0 ? { resource } : { resource, names }));
}

function parseSlashed(discovery: Discovery, args: readonly string[], arg: string): ResourceRequest {
  if (!arg.includes('/')) {
    throw new CommandError(
      'there is no need to specify a resource type as a separate argument when passing arguments in resource/name form ' +
        `(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
    );
  }
  const [type = '', name = '', ...more] = arg.split('/');
  if (more.length > 0) throw new CommandError('arguments in resource/name form may not have more than one slash');
  if (type === '' || name === '') {
    throw new CommandError(`arguments in resource/name form must have a single resource and name`);
  }
  if (type.includes(',') && args.length > 0) {
    throw new CommandError('arguments in resource/name form may not have more than one resource');
  }
  return { resource: discovery.require(type), names: [name] };
}

function resourcesNamed(discovery: Discovery, type: string): readonly ApiResource[] {
  const exact = discovery.find(type);
  if (exact !== undefined) return [exact];
  return discovery.category(type) ?? [discovery.require(type)];
}
