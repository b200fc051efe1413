import type { KindDescriptor } from '../../api/descriptor.ts';
import type { CallOff } from '../../api/http-port.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Authorizer } from '../authorization/access.ts';
import type { Question } from '../request-scope.ts';
import type { WebhookClient } from '../webhook-client.ts';
import type { CompilePolicy } from './policy-port.ts';

/** What plugins need of their server beyond looking things up. */
export interface AdmissionServices {
  /** CEL for policies; absent in a server without it. */
  readonly compilePolicy?: CompilePolicy | undefined;
  /** Every object of a kind; undefined for a kind that is not served. */
  readonly objectsOf: (apiVersion: string, kind: string) => readonly KubeObject[] | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Five letters and digits, for names that nobody has yet. */
  readonly nameSuffix: () => string;
  /** Does something later, unless it is called off. */
  readonly after: (delayMs: number, then: () => void) => CallOff;
  /** What is to be remembered of the request that is being admitted. */
  readonly audit: (key: string, value: string) => void;
  /** A uid for a question to a webhook. */
  readonly uid: () => string;
  readonly webhooks: WebhookClient;
  /** The answers of others to questions, in their order. @throws AnswersNeeded: the request is set aside until they are there */
  readonly ask: (questions: readonly Question[]) => readonly unknown[];
  /** Every version in which the objects of a kind are served. */
  readonly equivalents: (kind: KindDescriptor) => readonly KindDescriptor[];
  /** Some plugins ask whether the sender has yet another right. */
  readonly authorizer: Pick<Authorizer, 'authorize'>;
  /** Stores what admission keeps account of, past all checks. */
  readonly write: (plural: string, object: KubeObject) => void;
}
