import type {
  CustomResourceCondition,
  CustomResourceDefinition,
  CustomResourceNames,
} from '../../api/apiextensions/custom-resource-definition.ts';
import type { KindDescriptor } from '../../api/descriptor.ts';
import type { FieldError } from '../../api/field-error.ts';
import type { KubeObject } from '../../api/object.ts';
import type { CompilePolicy } from '../admission/policy-port.ts';

export type NewCondition = Omit<CustomResourceCondition, 'lastTransitionTime'>;
/** Has objects converted to another version. @throws StatusError, AnswersNeeded */
export type ConvertObjects = (
  definition: CustomResourceDefinition,
  objects: readonly KubeObject[],
  apiVersion: string,
) => readonly KubeObject[];

type Status = NonNullable<CustomResourceDefinition['status']>;

/**
 * The port to the extensions API server (`engine/apiextensions-apiserver`), which knows what definitions mean: schemas,
 * rules, names. In a browser it is loaded while the learner already sees a prompt; nothing can be defined before.
 */
export interface ApiExtensions {
  /** What is wrong with a definition besides its metadata. */
  readonly validate: (
    definition: CustomResourceDefinition,
    previous: CustomResourceDefinition | undefined,
  ) => readonly FieldError[];
  /** The kinds that an established definition makes, preferred version first. */
  readonly kinds: (definition: CustomResourceDefinition, convert: ConvertObjects) => readonly KindDescriptor[];
  /** The names a definition may use beside the others, and the conditions that tell of it. */
  readonly acceptNames: (
    definition: CustomResourceDefinition,
    others: readonly CustomResourceDefinition[],
  ) => { readonly names: CustomResourceNames; readonly conditions: readonly NewCondition[] };
  /** A status with other conditions; the same one when nothing changes. */
  readonly withConditions: (status: Status, conditions: readonly NewCondition[], timestamp: string) => Status;
  readonly established: NewCondition;
  /** CEL for admission policies. */
  readonly compilePolicy: CompilePolicy;
}
