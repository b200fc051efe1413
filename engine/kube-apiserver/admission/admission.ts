import type { KindDescriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/object.ts';
import type { UserInfo } from '../../api/request.ts';
import type { Reinvocation } from './reinvocation.ts';

/** What admission is asked about. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly kind: KindDescriptor;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** Empty for a creation with generateName and for a deletion of a collection. */
  readonly name: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** The object as it is stored; absent for a creation. */
  readonly stored?: KubeObject | undefined;
  /** What the client is to be told, in warning headers; plugins add to it. */
  readonly warnings: string[];
  /** The options of the request, e.g. CreateOptions. */
  readonly options: () => object;
  /** Kept by those who change the object and may have to be called twice. */
  reinvocation?: Reinvocation;
}

/** Looks an object up; undefined when it is not there. */
export interface Lookup {
  (plural: string, namespace: string, name: string): KubeObject | undefined;
  /** Every object of a kind, in a namespace if one is given; none of a kind that is not served. */
  readonly all: (plural: string, namespace?: string) => readonly KubeObject[];
}

/**
 * One admission plugin: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/. It may change
 * what comes in, judge what has come out of all changes, or both. It refuses by throwing a StatusError.
 */
export interface AdmissionPlugin {
  readonly name: string;
  /** What it is asked about: plurals, or `pods/status`. Every kind unless told, without subresources. */
  readonly resources?: readonly string[];
  /** Of what it is asked about besides every kind: `pods/resize`. */
  readonly subresources?: readonly string[];
  /** Asked about every kind and every subresource. */
  readonly everything?: boolean;
  /** The plural of what tells it what to do: where there is none of that kind, as in most clusters, it is not asked at all. */
  readonly configuredBy?: string;
  /** The object as it is or changed, before it is validated. For a deletion there is no object. */
  admit?(request: AdmissionRequest, object: KubeObject | undefined, lookup: Lookup): KubeObject | undefined;
  /** Judges the object as it would be stored, after it has been validated. */
  validate?(request: AdmissionRequest, object: KubeObject | undefined, lookup: Lookup): void;
}
