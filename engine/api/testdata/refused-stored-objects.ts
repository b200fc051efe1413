import type { Refusal } from './refused-pods.ts';

/** Seen word for word on a 1.20.2 server and unchanged since. */
export const REFUSED_STORED_OBJECTS: readonly Refusal[] = [
  [
    'secret-tls-missing',
    'Secret',
    '{"metadata":{"name":"s"},"type":"kubernetes.io/tls","data":{}}',
    ['data[tls.crt]: Required value', 'data[tls.key]: Required value'],
  ],
  [
    'secret-dcj-badjson',
    'Secret',
    '{"metadata":{"name":"s"},"type":"kubernetes.io/dockerconfigjson","stringData":{".dockerconfigjson":"nope"}}',
    [
      "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": invalid character 'o' in literal null (expecting 'u')",
    ],
  ],
  [
    'secret-dcj-missing',
    'Secret',
    '{"metadata":{"name":"s"},"type":"kubernetes.io/dockerconfigjson"}',
    ['data[.dockerconfigjson]: Required value'],
  ],
  [
    'secret-sa-noannotation',
    'Secret',
    '{"metadata":{"name":"s"},"type":"kubernetes.io/service-account-token"}',
    ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
  ],
  [
    'secret-basicauth-empty',
    'Secret',
    '{"metadata":{"name":"s"},"type":"kubernetes.io/basic-auth"}',
    ['data[%s][username]: Required value', 'data[%s][password]: Required value'],
  ],
  [
    'pvc-no-accessmodes',
    'PersistentVolumeClaim',
    '{"metadata":{"name":"c"},"spec":{"resources":{"requests":{"storage":"1Gi"}}}}',
    ['spec.accessModes: Required value: at least 1 access mode is required'],
  ],
  [
    'pvc-no-resources',
    'PersistentVolumeClaim',
    '{"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"]}}',
    ['spec.resources[storage]: Required value'],
  ],
  [
    'pvc-zero',
    'PersistentVolumeClaim',
    '{"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"0"}}}}',
    ['spec.resources[storage]: Invalid value: "0": must be greater than zero'],
  ],
  [
    'pvc-bad-class',
    'PersistentVolumeClaim',
    '{"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}},"storageClassName":"Bad_Class"}}',
    [
      "spec.storageClassName: Invalid value: \"Bad_Class\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
  [
    'pv-no-source',
    'PersistentVolume',
    '{"metadata":{"name":"inv-pv"},"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"}}}',
    ['spec: Required value: must specify a volume type'],
  ],
  [
    'pv-two-sources',
    'PersistentVolume',
    '{"metadata":{"name":"inv-pv"},"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},"hostPath":{"path":"/x"},"nfs":{"server":"s","path":"/"}}}',
    ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'pv-no-accessmodes',
    'PersistentVolume',
    '{"metadata":{"name":"inv-pv"},"spec":{"capacity":{"storage":"1Gi"},"hostPath":{"path":"/x"}}}',
    ['spec.accessModes: Required value'],
  ],
  [
    'pv-bad-reclaim',
    'PersistentVolume',
    '{"metadata":{"name":"inv-pv"},"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},"hostPath":{"path":"/x"},"persistentVolumeReclaimPolicy":"Keep"}}',
    ['spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain"'],
  ],
  [
    'pv-local-no-affinity',
    'PersistentVolume',
    '{"metadata":{"name":"inv-pv"},"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},"local":{"path":"/x"}}}',
    ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
  ],
  ['sc-no-provisioner', 'StorageClass', '{"metadata":{"name":"inv-sc"}}', ['provisioner: Required value']],
  [
    'sc-bad-reclaim',
    'StorageClass',
    '{"metadata":{"name":"inv-sc"},"provisioner":"x","reclaimPolicy":"Keep"}',
    ['reclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Retain"'],
  ],
  [
    'sc-bad-binding',
    'StorageClass',
    '{"metadata":{"name":"inv-sc"},"provisioner":"x","volumeBindingMode":"Late"}',
    ['volumeBindingMode: Unsupported value: "Late": supported values: "Immediate", "WaitForFirstConsumer"'],
  ],
  [
    'hpa-min-gt-max',
    'HorizontalPodAutoscaler',
    '{"metadata":{"name":"h"},"spec":{"maxReplicas":3,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"x"},"minReplicas":5}}',
    ['spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
  ],
  [
    'hpa-max-0',
    'HorizontalPodAutoscaler',
    '{"metadata":{"name":"h"},"spec":{"maxReplicas":0,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"x"}}}',
    [
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
    ],
  ],
  [
    'hpa-min-0',
    'HorizontalPodAutoscaler',
    '{"metadata":{"name":"h"},"spec":{"maxReplicas":3,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"x"},"minReplicas":0}}',
    [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
  ],
  [
    'hpa-no-target',
    'HorizontalPodAutoscaler',
    '{"metadata":{"name":"h"},"spec":{"maxReplicas":3,"scaleTargetRef":{}}}',
    ['spec.scaleTargetRef.kind: Required value', 'spec.scaleTargetRef.name: Required value'],
  ],
  [
    'pdb-negative',
    'PodDisruptionBudget',
    '{"metadata":{"name":"b"},"spec":{"selector":{"matchLabels":{"a":"b"}},"minAvailable":-1}}',
    ['spec.minAvailable: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'role-no-verbs',
    'Role',
    '{"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"]}]}',
    ['rules[0].verbs: Required value: verbs must contain at least one value'],
  ],
  [
    'role-no-resources',
    'Role',
    '{"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"verbs":["get"]}]}',
    ['rules[0].resources: Required value: resource rules must supply at least one resource'],
  ],
  [
    'rb-no-roleref',
    'RoleBinding',
    '{"metadata":{"name":"rb"},"subjects":[]}',
    ['roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"', 'roleRef.name: Required value'],
  ],
  [
    'rb-bad-kind',
    'RoleBinding',
    '{"metadata":{"name":"rb"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Foo","name":"x"}}',
    ['roleRef.kind: Unsupported value: "Foo": supported values: "Role", "ClusterRole"'],
  ],
  [
    'rb-sa-no-namespace',
    'ClusterRoleBinding',
    '{"metadata":{"name":"inv-crb"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},"subjects":[{"kind":"ServiceAccount","name":"x"}]}',
    ['subjects[0].namespace: Required value'],
  ],
  [
    'rb-bad-subject',
    'RoleBinding',
    '{"metadata":{"name":"rb"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"x"},"subjects":[{"kind":"Robot","name":"x"}]}',
    ['subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"'],
  ],
  [
    'quota-bad-resource',
    'ResourceQuota',
    '{"metadata":{"name":"q"},"spec":{"hard":{"bananas":"1"}}}',
    [
      'spec.hard[bananas]: Invalid value: "bananas": must be a standard resource type or fully qualified',
      'spec.hard[bananas]: Invalid value: "bananas": must be a standard resource for quota',
    ],
  ],
  [
    'quota-negative',
    'ResourceQuota',
    '{"metadata":{"name":"q"},"spec":{"hard":{"pods":"-1"}}}',
    ['spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  [
    'limitrange-dup-type',
    'LimitRange',
    '{"metadata":{"name":"l"},"spec":{"limits":[{"type":"Container"},{"type":"Container"}]}}',
    ['spec.limits[1].type: Duplicate value: "Container"'],
  ],
  [
    'limitrange-default-pod',
    'LimitRange',
    '{"metadata":{"name":"l"},"spec":{"limits":[{"type":"Pod","default":{"cpu":"1"}}]}}',
    ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
  ],
  [
    'pc-system-prefix',
    'PriorityClass',
    '{"metadata":{"name":"system-x"},"value":1}',
    [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class",
    ],
  ],
  [
    'pc-too-high',
    'PriorityClass',
    '{"metadata":{"name":"inv-pc"},"value":1000000001}',
    ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
  ],
  [
    'pc-bad-preemption',
    'PriorityClass',
    '{"metadata":{"name":"inv-pc"},"value":1,"preemptionPolicy":"X"}',
    ['preemptionPolicy: Unsupported value: "X": supported values: "PreemptLowerPriority", "Never"'],
  ],
];
