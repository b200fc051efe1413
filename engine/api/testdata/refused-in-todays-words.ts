import type { Refusal } from './refused-pods.ts';

/** Refused by a 1.20.2 server in words that have changed: values are JSON now, CIDRs and modes are told otherwise. */
export const REFUSED_IN_TODAYS_WORDS: readonly Refusal[] = [
  [
    'svc-dup-ports',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"name":"a","port":80},{"name":"b","port":80}]}}',
    ['spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}'],
  ],
  [
    'svc-name-dot',
    'Service',
    '{"metadata":{"name":"a.b"},"spec":{"ports":[{"port":80}]}}',
    ['metadata.name: Invalid value: "a.b": must not contain dots'],
  ],
  [
    'svc-etp-on-clusterip',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"externalTrafficPolicy":"Local"}}',
    ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
  ],
  [
    'svc-lbsourcerange-bad',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"type":"LoadBalancer","loadBalancerSourceRanges":["1.2.3.4"]}}',
    [
      'spec.loadBalancerSourceRanges[0]: Invalid value: "1.2.3.4": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
  [
    'endpoints-bad-ip',
    'Endpoints',
    '{"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"x"}]}]}',
    ['subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    'endpoints-loopback',
    'Endpoints',
    '{"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"127.0.0.1"}],"ports":[{"port":1}]}]}',
    ['subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ],
  [
    'ing-empty',
    'Ingress',
    '{"metadata":{"name":"i"},"spec":{}}',
    ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
  ],
  [
    'np-bad-cidr',
    'NetworkPolicy',
    '{"metadata":{"name":"np"},"spec":{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"1.2.3.4"}}]}]}}',
    [
      'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "1.2.3.4": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
  [
    'pvc-bad-mode',
    'PersistentVolumeClaim',
    '{"metadata":{"name":"c"},"spec":{"accessModes":["RW"],"resources":{"requests":{"storage":"1Gi"}}}}',
    [
      'spec.accessModes: Unsupported value: "RW": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    ],
  ],
  [
    'pv-no-capacity',
    'PersistentVolume',
    '{"metadata":{"name":"inv-pv"},"spec":{"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/x"}}}',
    ['spec.capacity: Required value', 'spec.capacity: Unsupported value: null: supported values: "storage"'],
  ],
  [
    'pdb-both',
    'PodDisruptionBudget',
    '{"metadata":{"name":"b"},"spec":{"selector":{"matchLabels":{"a":"b"}},"minAvailable":1,"maxUnavailable":1}}',
    [
      'spec: Invalid value: {"selector":{"matchLabels":{"a":"b"}},"minAvailable":1,"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set',
    ],
  ],
  [
    'pdb-pct-bad',
    'PodDisruptionBudget',
    '{"metadata":{"name":"b"},"spec":{"selector":{"matchLabels":{"a":"b"}},"minAvailable":"101%"}}',
    ['spec.minAvailable: Invalid value: "101%": must not be greater than 100%'],
  ],
  [
    'role-nonresource',
    'Role',
    '{"metadata":{"name":"r"},"rules":[{"nonResourceURLs":["/x"],"verbs":["get"]}]}',
    ['rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs'],
  ],
  [
    'quota-bad-scope',
    'ResourceQuota',
    '{"metadata":{"name":"q"},"spec":{"hard":{"pods":"1"},"scopes":["X"]}}',
    ['spec.scopes: Invalid value: ["X"]: unsupported scope'],
  ],
  [
    'quota-scope-conflict',
    'ResourceQuota',
    '{"metadata":{"name":"q"},"spec":{"hard":{"pods":"1"},"scopes":["Terminating","NotTerminating"]}}',
    ['spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes'],
  ],
  [
    'quota-scope-resource-mismatch',
    'ResourceQuota',
    '{"metadata":{"name":"q"},"spec":{"hard":{"requests.cpu":"1"},"scopes":["BestEffort"]}}',
    ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
  ],
  [
    'quota-selector-operator',
    'ResourceQuota',
    '{"metadata":{"name":"q"},"spec":{"hard":{"pods":"1"},"scopeSelector":{"matchExpressions":[{"scopeName":"BestEffort","operator":"In","values":["a"]}]}}}',
    [
      'spec.scopeSelector.matchExpressions.operator: Invalid value: "In": must be \'Exists\' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity',
    ],
  ],
  [
    'quota-selector-values',
    'ResourceQuota',
    '{"metadata":{"name":"q"},"spec":{"hard":{"pods":"1"},"scopeSelector":{"matchExpressions":[{"scopeName":"PriorityClass","operator":"In"},{"scopeName":"PriorityClass","operator":"Exists","values":["high"]}]}}}',
    [
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      "spec.scopeSelector.matchExpressions.values: Invalid value: [\"high\"]: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
    ],
  ],
  [
    'quota-selector-scope',
    'ResourceQuota',
    '{"metadata":{"name":"q"},"spec":{"hard":{"requests.cpu":"1"},"scopeSelector":{"matchExpressions":[{"scopeName":"Priority","operator":"Is"},{"scopeName":"BestEffort","operator":"Exists"}]}}}',
    [
      'spec.scopeSelector.matchExpressions.scopeName: Invalid value: "Priority": unsupported scope',
      'spec.scopeSelector.matchExpressions.operator: Invalid value: "Is": not a valid selector operator',
      'spec.scopeSelector.matchExpressions: Invalid value: {"MatchExpressions":[{"ScopeName":"Priority","Operator":"Is","Values":null},{"ScopeName":"BestEffort","Operator":"Exists","Values":null}]}: unsupported scope applied to resource',
    ],
  ],
  [
    'quota-selector-conflict',
    'ResourceQuota',
    '{"metadata":{"name":"q"},"spec":{"hard":{"pods":"1"},"scopeSelector":{"matchExpressions":[{"scopeName":"BestEffort","operator":"Exists"},{"scopeName":"NotBestEffort","operator":"Exists"}]}}}',
    ['spec.scopeSelector.matchExpressions: Invalid value: null: conflicting scopes'],
  ],
  [
    'limitrange-min-gt-max',
    'LimitRange',
    '{"metadata":{"name":"l"},"spec":{"limits":[{"type":"Container","min":{"cpu":"2"},"max":{"cpu":"1"}}]}}',
    [
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
    ],
  ],
];
