import type { Refusal } from './refused-pods.ts';

/** Seen word for word on a 1.20.2 server and unchanged since. */
export const REFUSED_OBJECTS: readonly Refusal[] = [
  [
    'deploy-replicas-negative',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}},"replicas":-1}}',
    ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'deploy-recreate-with-rolling',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}},"strategy":{"type":"Recreate","rollingUpdate":{"maxSurge":1}}}}',
    ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
  ],
  [
    'deploy-restartpolicy-never',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}],"restartPolicy":"Never"}}}}',
    ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
  ],
  [
    'deploy-minready-negative',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}},"minReadySeconds":-1}}',
    ['spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'deploy-deadline-lt-minready',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}},"minReadySeconds":700}}',
    ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
  ],
  [
    'deploy-template-activedeadline',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}],"activeDeadlineSeconds":5}}}}',
    ['spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported'],
  ],
  [
    'deploy-image-empty',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c"}]}}}}',
    ['spec.template.spec.containers[0].image: Required value'],
  ],
  [
    'deploy-name-uppercase',
    'Deployment',
    '{"metadata":{"name":"Web"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}',
    [
      "metadata.name: Invalid value: \"Web\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
  [
    'cm-bad-key',
    'ConfigMap',
    '{"metadata":{"name":"cm"},"data":{"a b":"c"}}',
    [
      "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
  ],
  [
    'cm-dotdot-key',
    'ConfigMap',
    '{"metadata":{"name":"cm"},"data":{"..":"c"}}',
    ['data[..]: Invalid value: "..": must not be \'..\''],
  ],
  [
    'cm-dup-key',
    'ConfigMap',
    '{"metadata":{"name":"cm"},"data":{"a":"1"},"binaryData":{"a":"AA=="}}',
    ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
  ],
  [
    'ns-bad-name',
    'Namespace',
    '{"metadata":{"name":"Bad_Ns"}}',
    [
      "metadata.name: Invalid value: \"Bad_Ns\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [
    'node-bad-taint',
    'Node',
    '{"metadata":{"name":"inv-node"},"spec":{"taints":[{"key":"a","effect":"X"}]}}',
    [
      'metadata.taints[0].effect: Unsupported value: "X": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
  ],
  [
    'sa-bad-name',
    'ServiceAccount',
    '{"metadata":{"name":"A_b"}}',
    [
      "metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
  [
    'lease-bad-duration',
    'Lease',
    '{"metadata":{"name":"l"},"spec":{"leaseDurationSeconds":0}}',
    ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
  ],
];

/** Refused by 1.20.2 in words that have changed by 1.36: values are JSON now, and some rules were rewritten. */
export const REFUSED_IN_NEW_WORDS: readonly Refusal[] = [
  [
    'pod-container-name-dot',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a.b","image":"nginx"}]}}',
    ['spec.containers[0].name: Invalid value: "a.b": must not contain dots'],
  ],
  [
    'pod-port-name-digits',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","ports":[{"name":"80","containerPort":80}]}]}}',
    ['spec.containers[0].ports[0].name: Invalid value: "80": must contain at least one letter (a-z)'],
  ],
  [
    'pod-requests-over-limits',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}]}}',
    ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
  ],
  [
    'pod-extended-fractional',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","resources":{"requests":{"example.com/gpu":"0.5"},"limits":{"example.com/gpu":"0.5"}}}]}}',
    [
      'spec.containers[0].resources.limits[example.com/gpu]: Invalid value: "500m": must be an integer',
      'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer',
    ],
  ],
  [
    'pod-env-empty-valuefrom',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","env":[{"name":"A","valueFrom":{}}]}]}}',
    [
      'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    ],
  ],
  [
    'pod-annotation-key-bad',
    'Pod',
    '{"metadata":{"name":"p","annotations":{"a/b/c":"d"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}',
    [
      "metadata.annotations: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ],
  ],
  [
    'pod-probe-bad-portname',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","readinessProbe":{"httpGet":{"port":"NOT_A_PORT_NAME"}}}]}}',
    [
      'spec.containers[0].readinessProbe.httpGet.port: Invalid value: "NOT_A_PORT_NAME": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.containers[0].readinessProbe.httpGet.port: Invalid value: "NOT_A_PORT_NAME": must contain at least one letter (a-z)',
    ],
  ],
  [
    'pod-toleration-exists-value',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"tolerations":[{"key":"a","operator":"Exists","value":"b"}]}}',
    [
      'spec.tolerations[0].operator: Invalid value: {"Key":"a","Operator":"Exists","Value":"b","Effect":"","TolerationSeconds":null}: value must be empty when `operator` is \'Exists\'',
    ],
  ],
  [
    'pod-dnsconfig-4-nameservers',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"dnsConfig":{"nameservers":["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4"]}}}',
    [
      'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4"]: must not have more than 3 nameservers',
    ],
  ],
  [
    'pod-hostaliases-bad-ip',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"hostAliases":[{"ip":"x","hostnames":["a"]}]}}',
    ['spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    'pod-initcontainer-lifecycle',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"initContainers":[{"name":"i","image":"x","lifecycle":{"preStop":{"exec":{"command":["x"]}}}}]}}',
    ['spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always'],
  ],
  [
    'pod-initcontainer-readiness',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"initContainers":[{"name":"i","image":"x","readinessProbe":{"exec":{"command":["x"]}}}]}}',
    [
      'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  ],
  [
    'pod-ownerref-no-uid',
    'Pod',
    '{"metadata":{"name":"p","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"x"}]},"spec":{"containers":[{"name":"c","image":"nginx"}]}}',
    ['metadata.ownerReferences.uid: Invalid value: "": must not be empty'],
  ],
  [
    'pod-ownerref-two-controllers',
    'Pod',
    '{"metadata":{"name":"p","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"x","uid":"1","controller":true},{"apiVersion":"v1","kind":"Pod","name":"y","uid":"2","controller":true}]},"spec":{"containers":[{"name":"c","image":"nginx"}]}}',
    [
      'metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"x","uid":"1","controller":true},{"apiVersion":"v1","kind":"Pod","name":"y","uid":"2","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod/x and Pod/y',
    ],
  ],
  [
    'deploy-no-selector',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}',
    [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
    ],
  ],
  [
    'deploy-empty-selector',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}',
    ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
  ],
  [
    'deploy-selector-mismatch',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"y"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}',
    ['spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`'],
  ],
  [
    'deploy-no-template',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}}}}',
    [
      'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
      'spec.template.spec.containers: Required value',
    ],
  ],
  [
    'deploy-template-no-labels',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}',
    ['spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`'],
  ],
  [
    'deploy-bad-strategy',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}},"strategy":{"type":"BlueGreen"}}}',
    [
      'spec.strategy: Unsupported value: {"Type":"BlueGreen","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ],
  ],
  [
    'deploy-surge-unavail-zero',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}},"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":0}}}}',
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
  ],
  [
    'deploy-unavail-150pct',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}},"strategy":{"rollingUpdate":{"maxUnavailable":"150%"}}}}',
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%'],
  ],
  [
    'deploy-surge-abc',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}},"strategy":{"rollingUpdate":{"maxSurge":"abc"}}}}',
    [
      "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"abc\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
  ],
  [
    'deploy-selector-bad-op',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"Foo"}]},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}',
    [
      'spec.selector.matchExpressions[0].operator: Invalid value: "Foo": not a valid selector operator',
      'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Foo"}]}: invalid label selector',
    ],
  ],
  [
    'deploy-selector-in-novalues',
    'Deployment',
    '{"metadata":{"name":"d"},"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"In"}]},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}',
    [
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"In"}]}: invalid label selector',
    ],
  ],
  [
    'rs-selector-mismatch',
    'ReplicaSet',
    '{"metadata":{"name":"r"},"spec":{"selector":{"matchLabels":{"app":"y"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}',
    ['spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`'],
  ],
  [
    'node-dup-taint',
    'Node',
    '{"metadata":{"name":"inv-node"},"spec":{"taints":[{"key":"a","effect":"NoSchedule"},{"key":"a","effect":"NoSchedule"}]}}',
    [
      'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
    ],
  ],
];
