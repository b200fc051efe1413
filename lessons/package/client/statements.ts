import type { Standing } from './lms.ts';
import { isoDuration } from './scorm.ts';

/** https://github.com/AICC/CMI-5_Spec_Current/blob/quartz/cmi5_spec.md section 9.3; `progressed` is one that cmi5 only allows. */
export type Verb = 'initialized' | 'progressed' | 'completed' | 'passed' | 'failed' | 'terminated';

/** What a launch says of whom and what statements are about. */
export interface Launch {
  readonly actor: object;
  readonly activityId: string;
  readonly registration: string;
  /** The `context` that the system wants in each statement. */
  readonly contextTemplate: Context;
  readonly masteryScore?: number;
}

export interface Context {
  readonly contextActivities?: Readonly<Record<string, readonly object[]>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const CMI5 = 'https://w3id.org/xapi/cmi5';
const MASTERY = `${CMI5}/context/extensions/masteryscore`;

/**
 * One statement of a session.
 *
 * @param at when it came true, in milliseconds since 1970
 * @param sessionMs how long the session has been going on
 */
export function statement(
  verb: Verb,
  launch: Launch,
  { id, at, sessionMs, standing }: { id: string; at: number; sessionMs: number; standing: Standing },
): object {
  const { actor, activityId, registration, contextTemplate, masteryScore } = launch;
  const result = resultOf(verb, sessionMs, standing);
  // Each statement but the allowed ones is marked as cmi5's own; those that say success or completion, as such too.
  const categories = [
    ...(verb === 'progressed' ? [] : ['cmi5']),
    ...(['completed', 'passed', 'failed'].includes(verb) ? ['moveon'] : []),
  ].map((category) => ({ id: `${CMI5}/context/categories/${category}` }));
  const { contextActivities, extensions } = contextTemplate;
  const judged = (verb === 'passed' || verb === 'failed') && masteryScore !== undefined;
  return {
    id,
    actor,
    verb: { id: `http://adlnet.gov/expapi/verbs/${verb}`, display: { en: verb } },
    object: { objectType: 'Activity', id: activityId },
    ...(result === undefined ? {} : { result }),
    context: {
      ...contextTemplate,
      registration,
      contextActivities: {
        ...contextActivities,
        category: [...(contextActivities?.['category'] ?? []), ...categories],
      },
      extensions: { ...(judged ? { [MASTERY]: masteryScore } : {}), ...extensions },
    },
    timestamp: new Date(at).toISOString(),
  };
}

/** Scores go with judgements only, section 9.5.1; what cmi5 allows besides may say how far somebody is. */
function resultOf(verb: Verb, sessionMs: number, { score }: Standing): object | undefined {
  const duration = isoDuration(sessionMs);
  const scaled = Number(score.toFixed(4));
  switch (verb) {
    case 'initialized':
      return undefined;
    case 'progressed':
      return { score: { scaled }, extensions: { [`${CMI5}/result/extensions/progress`]: Math.floor(score * 100) } };
    case 'completed':
      return { completion: true, duration };
    case 'passed':
      return { success: true, score: { scaled }, duration };
    case 'failed':
      return { success: false, score: { scaled }, duration };
    case 'terminated':
      return { duration };
  }
}
