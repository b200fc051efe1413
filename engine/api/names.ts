// Names, labels and keys: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
// Each check returns the real server's sentences (k8s.io/apimachinery/pkg/util/validation), none when the text is fine.

const NONE: readonly string[] = [];

const LABEL_1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL_1123}(\\.${LABEL_1123})*`;
const WILDCARD_SUBDOMAIN = `\\*\\.${SUBDOMAIN}`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const HTTP_HEADER = '[-A-Za-z0-9]+';

const label1123 = whole(LABEL_1123);
const label1035 = whole(LABEL_1035);
const subdomain = whole(SUBDOMAIN);
const wildcardSubdomain = whole(WILDCARD_SUBDOMAIN);
const qualified = whole(QUALIFIED);
const labelValue = whole(LABEL_VALUE);
const configKey = whole(CONFIG_KEY);
const httpHeader = whole(HTTP_HEADER);
const printableExceptEquals = /^[\x20-\x3c\x3e-\x7e]+$/;
const portName = /^[-a-z0-9]+$/;

const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;

const LABEL_1123_HINT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  `an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL_1123}')`;
const LABEL_1035_HINT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and " +
  `end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${LABEL_1035}')`;
const SUBDOMAIN_HINT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
const WILDCARD_HINT =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower " +
  "case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used " +
  `for validation is '${WILDCARD_SUBDOMAIN}')`;
const QUALIFIED_HINT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`;
const LABEL_VALUE_HINT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
  `with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${LABEL_VALUE}')`;
const CONFIG_KEY_HINT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
  `'key-name', regex used for validation is '${CONFIG_KEY}')`;

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

/** Length first: no regular expression runs over unbounded input. */
function check(text: string, pattern: RegExp, max: number, unit: string, hint: string): readonly string[] {
  if (text.length > max) {
    const tooLong = `must be no more than ${max} ${unit}`;
    return text.length > 4 * max || pattern.test(text) ? [tooLong] : [tooLong, hint];
  }
  return pattern.test(text) ? NONE : [hint];
}

/** Names of Namespaces, containers, volumes, hosts. */
export function checkLabel1123(text: string): readonly string[] {
  const problems = check(text, label1123, MAX_LABEL, 'characters', LABEL_1123_HINT);
  const dotted = problems.length === 1 && problems[0] === LABEL_1123_HINT && subdomain.test(text);
  return dotted ? ['must not contain dots'] : problems;
}

/** Names of Services before 1.34. */
export function checkLabel1035(text: string): readonly string[] {
  return check(text, label1035, MAX_LABEL, 'characters', LABEL_1035_HINT);
}

/** Names of most objects. */
export function checkSubdomain1123(text: string): readonly string[] {
  return check(text, subdomain, MAX_SUBDOMAIN, 'characters', SUBDOMAIN_HINT);
}

/** Hosts with a wildcard in front: `*.example.com`. */
export function checkWildcardSubdomain(text: string): readonly string[] {
  return check(text, wildcardSubdomain, MAX_SUBDOMAIN, 'characters', WILDCARD_HINT);
}

/** Keys of labels, annotations, taints and extended resources: `[prefix/]name`. */
export function checkQualifiedName(text: string): readonly string[] {
  const slash = text.indexOf('/');
  if (slash < 0) return checkNamePart(text, NONE);
  if (text.indexOf('/', slash + 1) >= 0) {
    return [
      `a valid label key ${QUALIFIED_HINT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const prefix = text.slice(0, slash);
  const problems =
    prefix === '' ? ['prefix part must be non-empty'] : checkSubdomain1123(prefix).map((each) => `prefix part ${each}`);
  return checkNamePart(text.slice(slash + 1), problems);
}

function checkNamePart(name: string, before: readonly string[]): readonly string[] {
  if (name === '') return [...before, 'name part must be non-empty', `name part ${QUALIFIED_HINT}`];
  const problems = check(name, qualified, MAX_LABEL, 'bytes', QUALIFIED_HINT);
  if (problems.length === 0) return before;
  return [...before, ...problems.map((each) => `name part ${each}`)];
}

export function checkLabelValue(text: string): readonly string[] {
  return check(text, labelValue, MAX_LABEL, 'bytes', LABEL_VALUE_HINT);
}

/** Keys of ConfigMaps and Secrets. */
export function checkConfigMapKey(text: string): readonly string[] {
  const problems = check(text, configKey, MAX_SUBDOMAIN, 'characters', CONFIG_KEY_HINT);
  if (text === '.' || text === '..') return [...problems, `must not be '${text}'`];
  return text.startsWith('..') ? [...problems, "must not start with '..'"] : problems;
}

/** Names of environment variables, as relaxed in 1.34: anything printable but `=`. */
export function checkEnvironmentName(text: string): readonly string[] {
  if (text === '') return ['environment variable name must be non-empty'];
  return printableExceptEquals.test(text)
    ? NONE
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** Names of ports: IANA service names. */
export function checkPortName(text: string): readonly string[] {
  if (text.length > 15) return ['must be no more than 15 characters'];
  const problems: string[] = [];
  if (!portName.test(text)) problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) problems.push('must contain at least one letter (a-z)');
  if (text.includes('--')) problems.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems.length === 0 ? NONE : problems;
}

export function checkPortNumber(port: number): readonly string[] {
  return port >= 1 && port <= 65535 ? NONE : ['must be between 1 and 65535, inclusive'];
}

export function checkHttpHeaderName(text: string): readonly string[] {
  return httpHeader.test(text)
    ? NONE
    : [
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for " +
          `validation is '${HTTP_HEADER}')`,
      ];
}

/** Names that may be whatever can stand between two slashes of a path: those of roles, of resources referred to. */
export function checkPathSegmentName(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  const problems: string[] = [];
  for (const letter of ['/', '%']) if (name.includes(letter)) problems.push(`may not contain '${letter}'`);
  return problems;
}
