import type { HeaderModifier, HttpRoute, PathModifier, RouteFilter, RouteMatch, RouteRule } from './kinds.ts';

// What nginx cannot be told, or must not be: values go into its configuration. What the API server's schema refuses is not asked again.

const FILTERS = ['RequestRedirect', 'URLRewrite', 'RequestHeaderModifier', 'ResponseHeaderModifier'];
const REDIRECTS = [301, 302, 303, 307, 308];

/** What speaks against a rule, as the controller says it; none: it is good. */
function ruleProblems(rule: RouteRule, path: string): string[] {
  return [
    ...(rule.matches ?? []).flatMap((match, at) => matchProblems(match, `${path}.matches[${at}]`)),
    ...(rule.filters ?? []).flatMap((filter, at) => filterProblems(filter, `${path}.filters[${at}]`)),
  ];
}

/** Of a whole route: `undefined`, or the message, and whether nothing of it is left. */
export function routeProblems({ spec }: HttpRoute): {
  readonly invalid: ReadonlySet<number>;
  readonly texts: readonly string[];
} {
  const found = (spec.rules ?? []).map((rule, at) => ruleProblems(rule, `spec.rules[${at}]`));
  const invalid = new Set(found.flatMap((texts, at) => (texts.length > 0 ? [at] : [])));
  return { invalid, texts: found.flat() };
}

function matchProblems({ path, headers, queryParams }: RouteMatch, at: string): string[] {
  const problems: string[] = [];
  if (path?.type === 'RegularExpression') {
    problems.push(`${at}.path.type: Unsupported value: "RegularExpression": supported values: "Exact", "PathPrefix"`);
  }
  if (path?.value !== undefined && !/^\/[^\s{};$"\\]*$/.test(path.value)) {
    problems.push(
      `${at}.path.value: Invalid value: "${path.value}": must start with / and must not include any whitespace character, \`{\`, \`}\` or \`;\``,
    );
  }
  for (const [field, values] of [
    ['headers', headers ?? []],
    ['queryParams', queryParams ?? []],
  ] as const) {
    for (const [index, { type, name, value }] of values.entries()) {
      if (type === 'RegularExpression')
        problems.push(
          `${at}.${field}[${index}].type: Unsupported value: "RegularExpression": supported values: "Exact"`,
        );
      if (field === 'queryParams' && !/^\w+$/.test(name))
        problems.push(
          `${at}.${field}[${index}].name: Invalid value: "${name}": must consist of letters, digits and underscores`,
        );
      else if (field === 'headers') problems.push(...nameProblems(name, `${at}.headers[${index}].name`));
      problems.push(...valueProblems(value, `${at}.${field}[${index}].value`));
    }
  }
  return problems;
}

function filterProblems(filter: RouteFilter, at: string): string[] {
  const { type, requestHeaderModifier, responseHeaderModifier, requestRedirect, urlRewrite } = filter;
  if (!FILTERS.includes(type)) {
    return [
      `${at}.type: Unsupported value: "${type}": supported values: ${FILTERS.map((each) => `"${each}"`).join(', ')}`,
    ];
  }
  const code = requestRedirect?.statusCode ?? 302;
  return [
    ...headerProblems(requestHeaderModifier, `${at}.requestHeaderModifier`),
    ...headerProblems(responseHeaderModifier, `${at}.responseHeaderModifier`),
    ...(REDIRECTS.includes(code)
      ? []
      : [
          `${at}.requestRedirect.statusCode: Unsupported value: ${code}: supported values: "301", "302", "303", "307", "308"`,
        ]),
    ...pathProblems(requestRedirect?.path, `${at}.requestRedirect.path`),
    ...pathProblems(urlRewrite?.path, `${at}.urlRewrite.path`),
  ];
}

function headerProblems(modifier: HeaderModifier | undefined, at: string): string[] {
  const { set = [], add = [], remove = [] } = modifier ?? {};
  const names = [...set, ...add].map(({ name }) => name).concat(remove);
  return [
    ...names.flatMap((name) => nameProblems(name, at)),
    ...set.flatMap(({ value }, index) => valueProblems(value, `${at}.set[${index}].value`)),
    ...add.flatMap(({ value }, index) => valueProblems(value, `${at}.add[${index}].value`)),
  ];
}

function pathProblems(path: PathModifier | undefined, at: string): string[] {
  const value = path?.replaceFullPath ?? path?.replacePrefixMatch;
  if (value === undefined || /^\/[^\s{};$"\\]*$/.test(value)) return [];
  return [
    `${at}: Invalid value: "${value}": must start with / and must not include any whitespace character, \`{\`, \`}\` or \`;\``,
  ];
}

function nameProblems(name: string, at: string): string[] {
  if (/^[\w-]+$/.test(name)) return [];
  return [`${at}: Invalid value: "${name}": a valid HTTP header must consist of alphanumeric characters or '-'`];
}

/** A dollar sign would begin a variable of nginx, and a quotation mark end the value. */
function valueProblems(value: string, at: string): string[] {
  if (!/[$"\\\u0000-\u001f\u007f]/.test(value)) return [];
  return [
    `${at}: Invalid value: ${JSON.stringify(value)}: must have all '"' escaped and must not contain any '$' or end with an unescaped '\\'`,
  ];
}
