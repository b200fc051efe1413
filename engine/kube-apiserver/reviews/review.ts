import type { KindDescriptor } from '../../api/descriptor.ts';
import type { UserInfo } from '../../api/request.ts';
import type { ServerContext } from '../context.ts';

/** What a review is answered from. */
export interface ReviewContext {
  readonly server: ServerContext;
  /** Who asks. */
  readonly user: UserInfo;
  /** Where it is asked; empty for the whole cluster. */
  readonly namespace: string;
}

/** A question in the form of an object: it can only be created, is answered in its status and stored nowhere. */
export interface Review
  extends Pick<KindDescriptor, 'group' | 'version' | 'kind' | 'plural' | 'namespaced' | 'schema'> {
  /** The status. @throws StatusError Invalid */
  readonly answer: (object: Readonly<Record<string, unknown>>, context: ReviewContext) => object;
}

/** The same for those who list what is served. */
export function reviewKind({ group, version, kind, plural, namespaced, schema }: Review): KindDescriptor {
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced,
    verbs: ['create'],
    schema,
    subresources: [],
    validateCreate: () => [],
    validateUpdate: () => [],
    columns: [],
  };
}
