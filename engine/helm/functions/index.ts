import { FUNCTIONS, type TemplateFunction } from '../../kubectl/output/template/functions.ts';
import { COLLECTIONS } from './collections.ts';
import { ENCODING } from './encoding.ts';
import { NUMBERS } from './numbers.ts';
import { STRINGS } from './strings.ts';
import { VERSIONS } from './versions.ts';

/** Sprig has a form of some functions that says why it fails instead of giving something empty; here they are the same. */
const MUST =
  'append chunk compact deepCopy first has initial last merge mergeOverwrite prepend regexFind regexFindAll regexMatch regexReplaceAll regexReplaceAllLiteral regexSplit rest reverse uniq without'.split(
    ' ',
  );

const { exists: _exists, base64decode: _base64decode, ...TEXT_TEMPLATE } = FUNCTIONS;

const PLAIN: Readonly<Record<string, TemplateFunction>> = {
  ...TEXT_TEMPLATE,
  ...STRINGS,
  ...COLLECTIONS,
  ...NUMBERS,
  ...ENCODING,
  ...VERSIONS,
};

const capitalized = (name: string) => name.slice(0, 1).toUpperCase() + name.slice(1);

/** The functions that charts may call, without those that belong to one rendering. */
export const CHART_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  ...PLAIN,
  ...Object.fromEntries(MUST.map((name) => [`must${capitalized(name)}`, PLAIN[name]!])),
};
