import {
  CONTROLLER,
  conditions,
  crd,
  GROUP,
  group,
  HEADER,
  hostname,
  integer,
  keyed,
  kind,
  list,
  name,
  namespace,
  object,
  oneOf,
  PRECISE_HOSTNAME,
  port,
  rules,
  type Schema,
  sectionName,
  text,
} from './schema.ts';

const headerName = text({ minLength: 1, maxLength: 256, pattern: HEADER });
const headerValue = text({ minLength: 1, maxLength: 4096 });
const headerValues = keyed(object({ name: headerName, value: headerValue }, ['name', 'value']), 'name', 16);
const headerModifier = object({
  set: headerValues,
  add: headerValues,
  remove: { type: 'array', items: text(), maxItems: 16, 'x-kubernetes-list-type': 'set' },
});
const namedMatch = (named: Schema, most: number) =>
  keyed(
    object(
      {
        name: named,
        type: oneOf(['Exact', 'RegularExpression'], { default: 'Exact' }),
        value: text({ minLength: 1, maxLength: most }),
      },
      ['name', 'value'],
    ),
    'name',
    16,
  );

const pathModifier = object(
  {
    type: oneOf(['ReplaceFullPath', 'ReplacePrefixMatch']),
    replaceFullPath: text({ maxLength: 1024 }),
    replacePrefixMatch: text({ maxLength: 1024 }),
  },
  ['type'],
  rules(
    [
      "self.type == 'ReplaceFullPath' ? has(self.replaceFullPath) : true",
      "replaceFullPath must be specified when type is set to 'ReplaceFullPath'",
    ],
    [
      "has(self.replaceFullPath) ? self.type == 'ReplaceFullPath' : true",
      "type must be 'ReplaceFullPath' when replaceFullPath is set",
    ],
    [
      "self.type == 'ReplacePrefixMatch' ? has(self.replacePrefixMatch) : true",
      "replacePrefixMatch must be specified when type is set to 'ReplacePrefixMatch'",
    ],
    [
      "has(self.replacePrefixMatch) ? self.type == 'ReplacePrefixMatch' : true",
      "type must be 'ReplacePrefixMatch' when replacePrefixMatch is set",
    ],
  ),
);

const preciseHostname = text({ minLength: 1, maxLength: 253, pattern: PRECISE_HOSTNAME });
/** Types by the field that each has of its own. */
const FILTER_FIELDS: Readonly<Record<string, string>> = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestMirror: 'requestMirror',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  ExtensionRef: 'extensionRef',
};
const backendFields = {
  group: { ...group, default: '' },
  kind: { ...kind, default: 'Service' },
  name,
  namespace,
  port,
};

const filter = object(
  {
    type: oneOf(Object.keys(FILTER_FIELDS)),
    requestHeaderModifier: headerModifier,
    responseHeaderModifier: headerModifier,
    requestMirror: object({ backendRef: object(backendFields, ['name']), percent: integer(0, 100) }, ['backendRef']),
    requestRedirect: object({
      scheme: oneOf(['http', 'https']),
      hostname: preciseHostname,
      path: pathModifier,
      port,
      statusCode: { type: 'integer', enum: [301, 302, 303, 307, 308], default: 302 },
    }),
    urlRewrite: object({ hostname: preciseHostname, path: pathModifier }),
    extensionRef: object({ group, kind, name }, ['group', 'kind', 'name']),
  },
  ['type'],
  rules(
    ...Object.entries(FILTER_FIELDS).flatMap(([type, field]): (readonly [string, string])[] => [
      [
        `!(has(self.${field}) && self.type != '${type}')`,
        `filter.${field} must be nil if the filter.type is not ${type}`,
      ],
      [`!(!has(self.${field}) && self.type == '${type}')`, `filter.${field} must be specified for ${type} filter.type`],
    ]),
  ),
);
const filters = list(
  filter,
  16,
  rules([
    "!(self.exists(f, f.type == 'RequestRedirect') && self.exists(f, f.type == 'URLRewrite'))",
    'May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both',
  ]),
);

const match = object({
  path: object(
    {
      type: oneOf(['Exact', 'PathPrefix', 'RegularExpression'], { default: 'PathPrefix' }),
      value: text({ default: '/', maxLength: 1024 }),
    },
    [],
    {
      default: { type: 'PathPrefix', value: '/' },
      ...rules(
        [
          "(self.type in ['Exact','PathPrefix']) ? self.value.startsWith('/') : true",
          "value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']",
        ],
        [
          "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('//') : true",
          "must not contain '//' when type one of ['Exact', 'PathPrefix']",
        ],
        [
          "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('#') : true",
          "must not contain '#' when type one of ['Exact', 'PathPrefix']",
        ],
      ),
    },
  ),
  headers: namedMatch(headerName, 4096),
  queryParams: namedMatch(headerName, 1024),
  method: oneOf(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']),
});

const parentRef = object(
  { group: { ...group, default: GROUP }, kind: { ...kind, default: 'Gateway' }, name, namespace, sectionName, port },
  ['name'],
);

export const httpRoute = crd({
  kind: 'HTTPRoute',
  plural: 'httproutes',
  columns: [{ name: 'Hostnames', jsonPath: '.spec.hostnames' }],
  spec: object({
    parentRefs: list(parentRef, 32),
    hostnames: list(hostname, 16),
    rules: list(
      object(
        {
          name: sectionName,
          matches: list(match, 64, { default: [{ path: { type: 'PathPrefix', value: '/' } }] }),
          filters,
          backendRefs: list(
            object({ ...backendFields, weight: integer(0, 1_000_000, { default: 1 }), filters }, ['name']),
            16,
          ),
          timeouts: object({ request: text(), backendRequest: text() }),
        },
        [],
        rules([
          '(has(self.backendRefs) && size(self.backendRefs) > 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))): true',
          'RequestRedirect filter must not be used together with backendRefs',
        ]),
      ),
      16,
      { default: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }] }] },
    ),
  }),
  status: object(
    {
      parents: list(
        object({ parentRef, controllerName: text({ minLength: 1, maxLength: 253, pattern: CONTROLLER }), conditions }, [
          'controllerName',
          'parentRef',
          'conditions',
        ]),
        32,
      ),
    },
    ['parents'],
  ),
});
