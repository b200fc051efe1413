import { parse } from 'yaml';
import { LruCache } from './lru-cache.ts';

/** What a whole kubeadm cluster has; a longer text is read anew. */
const MOST_TEXTS = 32;
const LONGEST = 16 * 1024;

/**
 * The texts that every node and every cluster reads again at its start: manifests of static Pods, configurations. Reading
 * one is as dear as running the component for a second, and what it says follows from the text alone, so that nobody can
 * tell by anything but time that it was remembered. What is remembered is shared and frozen, as stored objects are.
 */
const REMEMBERED = new LruCache<string, { readonly value: unknown }>(MOST_TEXTS);

/** The value of a component's YAML file; it may not be changed. @throws YAMLParseError, ReferenceError for too many aliases */
export function readYamlText(text: string, options: { readonly maxAliasCount: number }): unknown {
  if (text.length > LONGEST) return parse(text, options);
  const key = `${options.maxAliasCount} ${text}`;
  const known = REMEMBERED.get(key);
  if (known !== undefined) return known.value;
  const value: unknown = frozen(parse(text, options));
  REMEMBERED.set(key, { value });
  return value;
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}
