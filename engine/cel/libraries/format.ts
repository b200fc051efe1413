import { type Environment, Optional } from '@marcbachmann/cel-js';
import {
  checkLabel1035,
  checkLabel1123,
  checkLabelValue,
  checkQualifiedName,
  checkSubdomain1123,
} from '../../api/names.ts';
import { registerAll, registerNamespace } from './library.ts';

type Check = (text: string) => readonly string[];

class CelFormat {
  readonly check: Check;

  constructor(check: Check) {
    this.check = check;
  }
}

/** A name that will get a suffix may end in a dash. */
function asPrefix(check: Check): Check {
  return (text) => check(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -1)}a` : text);
}

function pattern(expression: RegExp, words: string): Check {
  return (text) => (expression.test(text) ? [] : [words]);
}

const FORMATS: Readonly<Record<string, Check>> = {
  dns1123Label: checkLabel1123,
  dns1123Subdomain: checkSubdomain1123,
  dns1035Label: checkLabel1035,
  qualifiedName: checkQualifiedName,
  dns1123LabelPrefix: asPrefix(checkLabel1123),
  dns1123SubdomainPrefix: asPrefix(checkSubdomain1123),
  dns1035LabelPrefix: asPrefix(checkLabel1035),
  labelValue: checkLabelValue,
  uuid: pattern(
    /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
    'does not match the UUID format',
  ),
  byte: pattern(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'invalid base64'),
  date: pattern(/^\d{4}-\d{2}-\d{2}$/, 'invalid date'),
  datetime: pattern(/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/, 'invalid datetime'),
  uri: pattern(/^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|\/)\S*$/, 'invalid URI'),
};

const TYPE = 'kubernetes.NamedFormat';

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-format-library */
export function registerFormat(environment: Environment): void {
  environment.registerType(TYPE, { ctor: CelFormat, fields: {} });
  const named = Object.entries(FORMATS).map(
    ([name, check]) => [`${name}(): ${TYPE}`, () => new CelFormat(check)] as const,
  );
  registerNamespace(environment, 'format', {
    ...Object.fromEntries(named),
    [`named(string): optional<${TYPE}>`]: (name: string) =>
      Object.hasOwn(FORMATS, name) ? Optional.of(new CelFormat(FORMATS[name]!)) : Optional.none(),
  });
  registerAll(environment, {
    [`${TYPE}.validate(string): optional<list<string>>`]: ({ check }: CelFormat, text: string) => {
      const problems = check(text);
      return problems.length === 0 ? Optional.none() : Optional.of([...problems]);
    },
  });
}
