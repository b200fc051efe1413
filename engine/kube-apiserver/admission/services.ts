import type { KubeObject } from '../../api/object.ts';

/** What plugins need of their server beyond looking things up. */
export interface AdmissionServices {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Stores what admission keeps account of, past all checks. */
  readonly write: (plural: string, object: KubeObject) => void;
}
