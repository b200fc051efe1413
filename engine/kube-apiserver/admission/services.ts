import type { KubeObject } from '../../api/object.ts';
import type { Authorizer } from '../authorization/access.ts';

/** What plugins need of their server beyond looking things up. */
export interface AdmissionServices {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Five letters and digits, for names that nobody has yet. */
  readonly nameSuffix: () => string;
  /** Some plugins ask whether the sender has yet another right. */
  readonly authorizer: Pick<Authorizer, 'authorize'>;
  /** Stores what admission keeps account of, past all checks. */
  readonly write: (plural: string, object: KubeObject) => void;
}
