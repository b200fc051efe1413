import type { KindDescriptor } from '../../api/descriptor.ts';
import { policyKind } from '../admission/policy-kind.ts';
import { definitionKind } from './definition-kind.ts';
import type { ApiExtensions } from './extensions.ts';

/** A kind as a server serves it that knows what definitions and expressions in CEL mean. */
export function extendedKind(kind: KindDescriptor, extensions: (() => ApiExtensions) | undefined): KindDescriptor {
  if (extensions === undefined) return kind;
  if (kind.plural === 'customresourcedefinitions') return definitionKind(kind, extensions);
  return policyKind(kind, (variables) => extensions().compilePolicy(variables));
}
