// Objects a real API server refused, and its words.

/** `manifest` is what follows apiVersion and kind, as JSON; `errors` are `field: message`, in order. */
export type Refusal = readonly [name: string, kind: string, manifest: string, errors: readonly string[]];

/** Seen word for word on a 1.20.2 server and unchanged since. */
export const REFUSED_PODS: readonly Refusal[] = [
  ['pod-no-containers', 'Pod', '{"metadata":{"name":"p"},"spec":{}}', ['spec.containers: Required value']],
  [
    'pod-container-no-image',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c"}]}}',
    ['spec.containers[0].image: Required value'],
  ],
  [
    'pod-no-name',
    'Pod',
    '{"metadata":{},"spec":{"containers":[{"name":"c","image":"nginx"}]}}',
    ['metadata.name: Required value: name or generateName is required'],
  ],
  [
    'pod-bad-restartpolicy',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"restartPolicy":"Sometimes"}}',
    ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
  ],
  [
    'pod-port-too-big',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","ports":[{"containerPort":70000}]}]}}',
    ['spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
  ],
  [
    'pod-port-dup-names',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","ports":[{"name":"a","containerPort":1},{"name":"a","containerPort":2}]}]}}',
    ['spec.containers[0].ports[1].name: Duplicate value: "a"'],
  ],
  [
    'pod-port-bad-protocol',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","ports":[{"containerPort":1,"protocol":"HTTP"}]}]}}',
    ['spec.containers[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"'],
  ],
  [
    'pod-dup-hostport',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","ports":[{"containerPort":1,"hostPort":9},{"containerPort":2,"hostPort":9}]}]}}',
    ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//9"'],
  ],
  [
    'pod-hostnetwork-port-mismatch',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"nginx","ports":[{"containerPort":80,"hostPort":81}]}]}}',
    ['spec.containers[0].ports[0].containerPort: Invalid value: 80: must match `hostPort` when `hostNetwork` is true'],
  ],
  [
    'pod-extended-resource-no-limit',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","resources":{"requests":{"example.com/gpu":"1"}}}]}}',
    ['spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources'],
  ],
  [
    'pod-volumemount-notfound',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","volumeMounts":[{"name":"v","mountPath":"/x"}]}]}}',
    ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
  ],
  [
    'pod-dup-mountpath',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"c","image":"nginx","volumeMounts":[{"name":"v","mountPath":"/x"},{"name":"v","mountPath":"/x"}]}]}}',
    ['spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/x": must be unique'],
  ],
  [
    'pod-subpath-dotdot',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"c","image":"nginx","volumeMounts":[{"name":"v","mountPath":"/x","subPath":"../y"}]}]}}',
    ['spec.containers[0].volumeMounts.subPath: Invalid value: "../y": must not contain \'..\''],
  ],
  [
    'pod-hostpath-empty',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"volumes":[{"name":"v","hostPath":{"path":""}}]}}',
    ['spec.volumes[0].hostPath.path: Required value'],
  ],
  [
    'pod-hostpath-bad-type',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"volumes":[{"name":"v","hostPath":{"path":"/x","type":"Nope"}}]}}',
    [
      'spec.volumes[0].hostPath.type: Unsupported value: "Nope": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
    ],
  ],
  [
    'pod-configmap-volume-noname',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"volumes":[{"name":"v","configMap":{}}]}}',
    ['spec.volumes[0].configMap.name: Required value'],
  ],
  [
    'pod-volume-bad-name',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"volumes":[{"name":"V_1","emptyDir":{}}]}}',
    [
      "spec.volumes[0].name: Invalid value: \"V_1\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [
    'pod-configmap-mode',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"volumes":[{"name":"v","configMap":{"name":"x","defaultMode":1000}}]}}',
    [
      'spec.volumes[0].configMap.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive',
    ],
  ],
  [
    'pod-env-value-and-from',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","env":[{"name":"A","value":"x","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}]}]}}',
    ['spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
  ],
  [
    'pod-env-bad-fieldpath',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"spec.foo"}}}]}]}}',
    [
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
    ],
  ],
  [
    'pod-envfrom-empty',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","envFrom":[{}]}]}}',
    ['spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'],
  ],
  [
    'pod-label-key-bad',
    'Pod',
    '{"metadata":{"name":"p","labels":{"a b":"c"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}',
    [
      "metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  ],
  [
    'pod-probe-no-handler',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","livenessProbe":{}}]}}',
    ['spec.containers[0].livenessProbe: Required value: must specify a handler type'],
  ],
  [
    'pod-probe-two-handlers',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","livenessProbe":{"exec":{"command":["x"]},"tcpSocket":{"port":1}}}]}}',
    ['spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type'],
  ],
  [
    'pod-liveness-successthreshold',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","livenessProbe":{"exec":{"command":["x"]},"successThreshold":2}}]}}',
    ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
  ],
  [
    'pod-probe-bad-port',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","readinessProbe":{"httpGet":{"port":0}}}]}}',
    ['spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive'],
  ],
  [
    'pod-lifecycle-empty',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","lifecycle":{"postStart":{}}}]}}',
    ['spec.containers[0].lifecycle.postStart: Required value: must specify a handler type'],
  ],
  [
    'pod-activedeadline-zero',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"activeDeadlineSeconds":0}}',
    ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
  ],
  [
    'pod-toleration-bad-op',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"tolerations":[{"key":"a","operator":"In"}]}}',
    ['spec.tolerations[0].operator: Unsupported value: "In": supported values: "Equal", "Exists"'],
  ],
  [
    'pod-toleration-seconds-noexec',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"tolerations":[{"key":"a","operator":"Exists","effect":"NoSchedule","tolerationSeconds":1}]}}',
    [
      'spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
    ],
  ],
  [
    'pod-toleration-empty-key-equal',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"tolerations":[{"value":"x"}]}}',
    [
      'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
  ],
  [
    'pod-nodeaffinity-bad-op',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"Is"}]}]}}}}}',
    [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
    ],
  ],
  [
    'pod-nodeaffinity-no-terms',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[]}}}}}',
    [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
  ],
  [
    'pod-podaffinity-no-topologykey',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{}}]}}}}',
    [
      'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
      'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
      "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  ],
  [
    'pod-spread-maxskew-0',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"topologySpreadConstraints":[{"maxSkew":0,"topologyKey":"z","whenUnsatisfiable":"DoNotSchedule"}]}}',
    ['spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero'],
  ],
  [
    'pod-spread-bad-when',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"z","whenUnsatisfiable":"Never"}]}}',
    [
      'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Never": supported values: "DoNotSchedule", "ScheduleAnyway"',
    ],
  ],
  [
    'pod-dnspolicy-none',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"dnsPolicy":"None"}}',
    ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  ],
  [
    'pod-mirror-annotation',
    'Pod',
    '{"metadata":{"name":"p","annotations":{"kubernetes.io/config.mirror":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}',
    [
      'metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set',
    ],
  ],
  [
    'pod-initcontainer-dup-name',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}],"initContainers":[{"name":"c","image":"nginx"}]}}',
    ['spec.initContainers[0].name: Duplicate value: "c"'],
  ],
  [
    'pod-finalizer-bad',
    'Pod',
    '{"metadata":{"name":"p","finalizers":["foo"]},"spec":{"containers":[{"name":"c","image":"nginx"}]}}',
    [
      'metadata.finalizers[0]: Invalid value: "foo": name is neither a standard finalizer name nor is it fully qualified',
    ],
  ],
  [
    'pod-multi-errors',
    'Pod',
    '{"metadata":{"name":"p"},"spec":{"restartPolicy":"X","containers":[{"name":"A","image":"","ports":[{"containerPort":0}]}]}}',
    [
      "spec.containers[0].name: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      'spec.containers[0].image: Required value',
      'spec.containers[0].ports[0].containerPort: Required value',
      'spec.restartPolicy: Unsupported value: "X": supported values: "Always", "OnFailure", "Never"',
    ],
  ],
];
