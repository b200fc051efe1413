import { readWholeFile, readWholeText } from '../kubectl/manifest-files.ts';
import { isObject } from '../kubectl/unstructured.ts';
import { ManifestError, readManifest } from '../kubectl/yaml/yaml-reader.ts';
import type { Task } from '../sim/index.ts';
import { asString, asTyped, setJson, setValues } from './chart/set-syntax.ts';
import { mergeValues } from './chart/values.ts';
import type { Dictionary } from './functions/arguments.ts';
import { HelmError } from './helm-error.ts';
import type { HelmRun } from './run.ts';

/** What the user says about values: files first, then what the command line sets, the later winning. @throws HelmError */
export function* givenValues(run: HelmRun): Task<Dictionary> {
  const { flags, process, streams } = run;
  let values: Dictionary = {};
  for (const path of flags.list('values')) {
    const text = path === '-' ? yield* streams.readInput() : yield* readWholeText(process, path);
    values = mergeValues(values, parsed(path, text));
  }
  const apply = (flag: string, set: (text: string) => void) => {
    for (const text of flags.list(flag)) {
      try {
        set(text);
      } catch (error) {
        if (!(error instanceof HelmError)) throw error;
        throw new HelmError(`failed parsing --${flag} data: ${error.message}`);
      }
    }
  };
  apply('set-json', (text) => setJson(values, text));
  apply('set', (text) => setValues(values, text, asTyped));
  apply('set-string', (text) => setValues(values, text, asString));
  apply('set-file', (text) => setValues(values, text, (path) => readWholeFile(process, path)));
  apply('set-literal', (text) => setValues(values, text.replace(/(?<==.*),/g, '\\,'), asString));
  return values;
}

function parsed(path: string, text: string): Dictionary {
  try {
    const value = readManifest(text) ?? {};
    if (isObject(value)) return value as Dictionary;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new HelmError(`failed to parse ${path}: ${error.message}`);
  }
  throw new HelmError(
    `failed to parse ${path}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}`,
  );
}
