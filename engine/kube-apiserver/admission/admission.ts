import type { KindDescriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/object.ts';

/** What admission is asked about. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly kind: KindDescriptor;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** Empty for a creation with generateName and for a deletion of a collection. */
  readonly name: string;
}

/** Looks an object up; undefined when it is not there. */
export interface Lookup {
  (plural: string, namespace: string, name: string): KubeObject | undefined;
  /** Every object of a kind; none of a kind that is not served. */
  readonly all: (plural: string) => readonly KubeObject[];
}

/**
 * One admission plugin: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/. It returns the
 * object as it is or changed, or throws a StatusError. For a deletion there is no object.
 */
export interface AdmissionPlugin {
  readonly name: string;
  admit(request: AdmissionRequest, object: KubeObject | undefined, lookup: Lookup): KubeObject | undefined;
}
