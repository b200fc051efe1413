import { writeJson } from './output/json-writer.ts';
import { isObject, type Unstructured, withField } from './unstructured.ts';

/** Where client-side apply keeps the manifest that was applied last. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The manifest as the annotation's value: without the annotation, keys sorted, on one line. */
function appliedConfiguration(object: Unstructured): string {
  const annotations: Record<string, string> = { ...object.metadata.annotations };
  delete annotations[LAST_APPLIED];
  return `${writeJson(withField(object, ['metadata', 'annotations'], annotations))}\n`;
}

/** The object with the annotation on it. */
export function withLastApplied(object: Unstructured): Unstructured {
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: appliedConfiguration(object) };
  return withField(object, ['metadata', 'annotations'], annotations) as unknown as Unstructured;
}

/** The manifest that was applied last, from a live object; undefined when it was never applied. */
export function lastApplied(object: Unstructured): Readonly<Record<string, unknown>> | undefined {
  const text = object.metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
