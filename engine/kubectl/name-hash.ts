import { encode } from '../linux/stdio.ts';
import { writeJson } from './output/json-writer.ts';
import { sha256 } from './sha256.ts';
import { type Unstructured, withField } from './unstructured.ts';

/** Letters that could make a word, or be read as a digit, are replaced. */
const SAFE: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/**
 * The object with a hash of its content behind its name, so that a new content is a new object.
 * After kubernetes/kubectl pkg/util/hash/hash.go.
 */
export function withNameHash(object: Unstructured): Unstructured {
  return withField(
    object,
    ['metadata', 'name'],
    `${object.metadata.name}-${contentHash(object, object.metadata.name)}`,
  ) as Unstructured;
}

/** Ten letters that stand for an object's content. @param name what the content is called; kustomize leaves it empty */
export function contentHash(object: Unstructured, name: string): string {
  const { kind, data = {}, binaryData, type = '' } = object;
  const hashed = {
    data,
    kind,
    name,
    ...(kind === 'ConfigMap' ? {} : { type }),
    ...(binaryData === undefined ? {} : { binaryData }),
  };
  return [...sha256(encode(writeJson(hashed))).slice(0, 10)].map((letter) => SAFE[letter] ?? letter).join('');
}
