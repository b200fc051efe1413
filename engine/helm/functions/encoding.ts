import { base64 } from '../../kubectl/key-sources.ts';
import { writeJson } from '../../kubectl/output/json-writer.ts';
import { CallProblem, fn, MANY, type TemplateFunction } from '../../kubectl/output/template/functions.ts';
import { goValue } from '../../kubectl/output/template/go-format.ts';
import { sha256 } from '../../kubectl/sha256.ts';
import { isObject } from '../../kubectl/unstructured.ts';
import { ManifestError, readManifest } from '../../kubectl/yaml/yaml-reader.ts';
import { writeYaml } from '../../kubectl/yaml/yaml-writer.ts';
import { decode, encode } from '../../linux/stdio.ts';
import { textOf } from './arguments.ts';

function b64dec(text: string): string {
  try {
    return decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return 'illegal base64 data at input byte 0';
  }
}

/** What is no YAML comes back as a dictionary with the reason, so that the template goes on. */
function fromYaml(text: string): unknown {
  try {
    const value = readManifest(text) ?? {};
    if (isObject(value)) return value;
    const type = Array.isArray(value) ? 'array' : typeof value;
    return {
      Error: `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
    };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return { Error: error.message };
  }
}

function fromYamlArray(text: string): unknown {
  const value = readManifest(text);
  return Array.isArray(value) ? value : [];
}

function parsedJson(text: string, strict: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (strict) throw new CallProblem((error as Error).message);
    return { Error: (error as Error).message };
  }
}

function toToml(value: unknown): string {
  if (!isObject(value)) return goValue(value);
  const tables = Object.entries(value).filter(([, item]) => isObject(item));
  const plain = Object.entries(value).filter(([, item]) => !isObject(item));
  const lines = plain.map(([key, item]) => `${key} = ${JSON.stringify(item)}\n`);
  return [...lines, ...tables.map(([key, item]) => `\n[${key}]\n${toToml(item)}`)].join('');
}

/** Helm's own functions for data formats, and sprig's for encodings and digests. */
export const ENCODING: Readonly<Record<string, TemplateFunction>> = {
  toYaml: fn(1, 1, ([value]) => writeYaml(value).replace(/\n$/, '')),
  toYamlPretty: fn(1, 1, ([value]) => writeYaml(value).replace(/\n$/, '')),
  fromYaml: fn(1, 1, ([text]) => fromYaml(textOf(text))),
  fromYamlArray: fn(1, 1, ([text]) => fromYamlArray(textOf(text))),
  toJson: fn(1, 1, ([value]) => writeJson(value)),
  toRawJson: fn(1, 1, ([value]) => writeJson(value)),
  toPrettyJson: fn(1, 1, ([value]) => JSON.stringify(value, undefined, 2)),
  mustToJson: fn(1, 1, ([value]) => writeJson(value)),
  fromJson: fn(1, 1, ([text]) => parsedJson(textOf(text), false)),
  fromJsonArray: fn(1, 1, ([text]) => parsedJson(textOf(text), false)),
  mustFromJson: fn(1, 1, ([text]) => parsedJson(textOf(text), true)),
  toToml: fn(1, 1, ([value]) => toToml(value)),
  b64enc: fn(1, 1, ([text]) => base64(encode(textOf(text)))),
  b64dec: fn(1, 1, ([text]) => b64dec(textOf(text))),
  sha256sum: fn(1, 1, ([text]) => sha256(encode(textOf(text)))),
  urlquery: fn(0, MANY, (args) => encodeURIComponent(args.map(goValue).join('')).replaceAll('%20', '+')),
  base: fn(1, 1, ([path]) => textOf(path).replace(/\/+$/, '').split('/').at(-1) || '/'),
  dir: fn(1, 1, ([path]) => textOf(path).split('/').slice(0, -1).join('/') || '.'),
  ext: fn(1, 1, ([path]) => /\.[^./]*$/.exec(textOf(path))?.[0] ?? ''),
  clean: fn(
    1,
    1,
    ([path]) =>
      textOf(path)
        .replace(/\/+/g, '/')
        .replace(/(\/\.)+(?=\/|$)/g, '') || '.',
  ),
};
