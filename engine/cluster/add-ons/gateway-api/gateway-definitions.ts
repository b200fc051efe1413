import {
  CONTROLLER,
  conditions,
  crd,
  GROUP,
  group,
  hostname,
  keyed,
  kind,
  list,
  name,
  namespace,
  object,
  oneOf,
  port,
  rules,
  sectionName,
  text,
  waiting,
} from './schema.ts';

export const gatewayClass = crd({
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  shortNames: ['gc'],
  cluster: true,
  columns: [
    { name: 'Controller', jsonPath: '.spec.controllerName' },
    { name: 'Accepted', jsonPath: '.status.conditions[?(@.type=="Accepted")].status' },
  ],
  spec: object(
    {
      controllerName: text({
        minLength: 1,
        maxLength: 253,
        pattern: CONTROLLER,
        ...rules(['self == oldSelf', 'Value is immutable']),
      }),
      description: text({ maxLength: 64 }),
      parametersRef: object({ group, kind, name, namespace }, ['group', 'kind', 'name']),
    },
    ['controllerName'],
  ),
  status: object({ conditions: { ...conditions, default: waiting('Accepted') } }, [], {
    default: { conditions: waiting('Accepted') },
  }),
});

const selector = object({
  matchLabels: { type: 'object', additionalProperties: text() },
  matchExpressions: list(
    object({ key: text(), operator: text(), values: list(text(), 128) }, ['key', 'operator']),
    128,
  ),
});

const listener = object(
  {
    name: sectionName,
    hostname,
    port,
    protocol: text({
      minLength: 1,
      maxLength: 255,
      pattern:
        '^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9]+$',
    }),
    tls: object(
      {
        mode: oneOf(['Terminate', 'Passthrough'], { default: 'Terminate' }),
        certificateRefs: list(
          object({ group: { ...group, default: '' }, kind: { ...kind, default: 'Secret' }, name, namespace }, ['name']),
          64,
        ),
        options: { type: 'object', additionalProperties: text({ maxLength: 4096 }), maxProperties: 16 },
      },
      [],
      rules([
        "self.mode == 'Terminate' ? size(self.certificateRefs) > 0 || size(self.options) > 0 : true",
        'certificateRefs or options must be specified when mode is Terminate',
      ]),
    ),
    allowedRoutes: object(
      {
        namespaces: object({ from: oneOf(['All', 'Selector', 'Same'], { default: 'Same' }), selector }, [], {
          default: { from: 'Same' },
        }),
        kinds: list(object({ group: { ...group, default: GROUP }, kind }, ['kind']), 8),
      },
      [],
      { default: { namespaces: { from: 'Same' } } },
    ),
  },
  ['name', 'port', 'protocol'],
);

export const gateway = crd({
  kind: 'Gateway',
  plural: 'gateways',
  shortNames: ['gtw'],
  columns: [
    { name: 'Class', jsonPath: '.spec.gatewayClassName' },
    { name: 'Address', jsonPath: '.status.addresses[*].value' },
    { name: 'Programmed', jsonPath: '.status.conditions[?(@.type=="Programmed")].status' },
  ],
  spec: object(
    {
      gatewayClassName: name,
      addresses: list(
        object({ type: text({ default: 'IPAddress', minLength: 1, maxLength: 253 }), value: text({ maxLength: 253 }) }),
        16,
      ),
      listeners: keyed(listener, 'name', 64, {
        minItems: 1,
        ...rules(
          [
            "self.all(l, l.protocol in ['HTTP', 'TCP', 'UDP'] ? !has(l.tls) : true)",
            "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']",
          ],
          [
            "self.all(l, l.protocol in ['TCP', 'UDP']  ? (!has(l.hostname) || l.hostname == '') : true)",
            "hostname must not be specified for protocols ['TCP', 'UDP']",
          ],
          ['self.all(l1, self.exists_one(l2, l1.name == l2.name))', 'Listener name must be unique within the Gateway'],
          [
            'self.all(l1, self.exists_one(l2, l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))',
            'Combination of port, protocol and hostname must be unique for each listener',
          ],
        ),
      }),
    },
    ['gatewayClassName', 'listeners'],
  ),
  status: object(
    {
      addresses: list(
        object({ type: text({ default: 'IPAddress' }), value: text({ minLength: 1, maxLength: 253 }) }, ['value']),
        16,
      ),
      conditions: { ...conditions, default: waiting('Accepted', 'Programmed') },
      listeners: keyed(
        object(
          {
            name: sectionName,
            supportedKinds: list(object({ group: { ...group, default: GROUP }, kind }, ['kind']), 8),
            attachedRoutes: { type: 'integer', format: 'int32' },
            conditions,
          },
          ['attachedRoutes', 'conditions', 'name'],
        ),
        'name',
        64,
      ),
    },
    [],
    { default: { conditions: waiting('Accepted', 'Programmed') } },
  ),
});

export const referenceGrant = crd({
  kind: 'ReferenceGrant',
  plural: 'referencegrants',
  shortNames: ['refgrant'],
  versions: ['v1beta1'],
  spec: object(
    {
      from: list(object({ group, kind, namespace }, ['group', 'kind', 'namespace']), 16, { minItems: 1 }),
      to: list(object({ group, kind, name }, ['group', 'kind']), 16, { minItems: 1 }),
    },
    ['from', 'to'],
  ),
});
