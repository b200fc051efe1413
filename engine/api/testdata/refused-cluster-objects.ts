import type { Refusal } from './refused-pods.ts';

const URL = '"clientConfig":{"url":"https://x.example.com"}';
const LABEL_HINT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const PEM = btoa('-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n');

/** The first three seen word for word on a 1.20.2 server; the others are the rules and words of today's validators. */
export const REFUSED_CLUSTER_OBJECTS: readonly Refusal[] = [
  [
    'vwc-bad-sideeffects',
    'ValidatingWebhookConfiguration',
    '{"metadata":{"name":"w"},"webhooks":[{"name":"a.example.com","admissionReviewVersions":["v1"],"sideEffects":"Some","clientConfig":{"url":"https://x"}}]}',
    ['webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
  ],
  [
    'vwc-no-client',
    'ValidatingWebhookConfiguration',
    '{"metadata":{"name":"w"},"webhooks":[{"name":"a.example.com","admissionReviewVersions":["v1"],"sideEffects":"None","clientConfig":{}}]}',
    ['webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
  ],
  [
    'vwc-short-name',
    'ValidatingWebhookConfiguration',
    '{"metadata":{"name":"w"},"webhooks":[{"name":"a","admissionReviewVersions":["v1"],"sideEffects":"None","clientConfig":{"url":"http://x"}}]}',
    [
      'webhooks[0].name: Invalid value: "a": should be a domain with at least three segments separated by dots',
      'webhooks[0].clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]',
    ],
  ],
  [
    'a webhook with rules of all kinds of nonsense',
    'MutatingWebhookConfiguration',
    `{"metadata":{"name":"w"},"webhooks":[{"name":"a.example.com","admissionReviewVersions":["v9"],"sideEffects":"None","timeoutSeconds":31,${URL},"rules":[{"operations":["*","GET"],"apiGroups":[],"apiVersions":[""],"resources":["pods","*","pods/*","pods/log"]}]}]}`,
    [
      'webhooks[0].rules[0].operations: Invalid value: ["*","GET"]: if \'*\' is present, must not specify other operations',
      'webhooks[0].rules[0].operations[1]: Unsupported value: "GET": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
      'webhooks[0].rules[0].apiGroups: Required value',
      'webhooks[0].rules[0].apiVersions[0]: Required value',
      'webhooks[0].rules[0].resources[3]: Invalid value: "pods/log": if \'pods/*\' is present, must not specify pods/log',
      'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds',
      'webhooks[0].admissionReviewVersions: Invalid value: ["v9"]: must include at least one of v1, v1beta1',
    ],
  ],
  [
    'a policy that says nothing',
    'ValidatingAdmissionPolicy',
    '{"metadata":{"name":"p"},"spec":{"matchConstraints":{}}}',
    [
      'spec.matchConstraints.resourceRules: Required value',
      'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
      'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
    ],
  ],
  [
    'a binding that denies and warns',
    'ValidatingAdmissionPolicyBinding',
    '{"metadata":{"name":"b"},"spec":{"policyName":"p","paramRef":{"parameterNotFoundAction":"Maybe"},"validationActions":["Deny","Warn"]}}',
    [
      'spec.paramRef: Required value: one of name or selector must be specified',
      'spec.paramRef.parameterNotFoundAction: Unsupported value: "Maybe": supported values: "Deny", "Allow"',
      'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    ],
  ],
  [
    'a mutation of no type',
    'MutatingAdmissionPolicy',
    '{"metadata":{"name":"p"},"spec":{"matchConstraints":{"resourceRules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}]},"mutations":[{"patchType":"JSONPatch"}],"reinvocationPolicy":"Always"}}',
    [
      'spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch',
      'spec.reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"',
    ],
  ],
  [
    'a certificate request that is none',
    'CertificateSigningRequest',
    '{"metadata":{"name":"Any_Name"},"spec":{"request":"AAAA","signerName":"nobody","usages":["flying"],"expirationSeconds":5}}',
    [
      'spec.request: Invalid value: "AAAA": PEM block type must be CERTIFICATE REQUEST',
      'spec.usages[0]: Unsupported value: "flying": supported values: "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping"',
      'spec.signerName: Invalid value: "nobody": must be a fully qualified domain and path of the form \'example.com/signer-name\'',
      'spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 600 seconds (10 minutes)',
    ],
  ],
  [
    'a signer with bad parts',
    'CertificateSigningRequest',
    `{"metadata":{"name":"x"},"spec":{"request":"${PEM}","signerName":"Nobody/x","usages":["client auth"]}}`,
    [
      `spec.signerName: Invalid value: "Nobody": validating label "Nobody": ${LABEL_HINT}`,
      'spec.signerName: Invalid value: "Nobody": should be a domain with at least two segments separated by dots',
    ],
  ],
  [
    'a flow of nobody',
    'FlowSchema',
    '{"metadata":{"name":"f"},"spec":{"matchingPrecedence":1,"priorityLevelConfiguration":{"name":""},"rules":[{"subjects":[{"kind":"Robot"}],"resourceRules":[{"verbs":["fly"],"apiGroups":["*","apps"],"resources":["*"]}]}]}}',
    [
      "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
      'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
      'spec.rules[0].subjects[0].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"',
      'spec.rules[0].resourceRules[0].verbs: Unsupported value: ["fly"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"',
      'spec.rules[0].resourceRules[0].apiGroups: Invalid value: ["*","apps"]: if \'*\' is present, must not specify other api groups',
      'spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace',
    ],
  ],
  [
    'a priority level with too large a hand',
    'PriorityLevelConfiguration',
    '{"metadata":{"name":"p"},"spec":{"type":"Limited","limited":{"limitResponse":{"type":"Queue","queuing":{"queues":2,"handSize":3}}}}}',
    ['spec.limited.limitResponse.queuing.handSize: Invalid value: 3: should not be greater than queues (2)'],
  ],
  [
    'an API service by another name',
    'APIService',
    '{"metadata":{"name":"v1.example.com"},"spec":{"group":"example.org","version":"v1","groupPriorityMinimum":0,"versionPriority":1001,"insecureSkipTLSVerify":true}}',
    [
      'metadata.name: Invalid value: "v1.example.com": must be `spec.version+"."+spec.group`: "v1.example.org"',
      'spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000',
      'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000',
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
  ],
  [
    'a driver that wants the same token twice',
    'CSIDriver',
    '{"metadata":{"name":"d"},"spec":{"fsGroupPolicy":"All","tokenRequests":[{"audience":"a","expirationSeconds":5},{"audience":"a"}],"volumeLifecycleModes":["Eternal"]}}',
    [
      'spec.fsGroupPolicy: Unsupported value: "All": supported values: "File", "None", "ReadWriteOnceWithFSType"',
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
      'spec.volumeLifecycleModes: Unsupported value: "Eternal": supported values: "Persistent", "Ephemeral"',
    ],
  ],
  [
    'a node with a nameless driver',
    'CSINode',
    '{"metadata":{"name":"n"},"spec":{"drivers":[{"name":"d","nodeID":""},{"name":"d","nodeID":"1","allocatable":{"count":-1}}]}}',
    [
      'spec.drivers[0].nodeID: Required value',
      'spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
      'spec.drivers[1].name: Duplicate value: "d"',
    ],
  ],
  [
    'an attachment of nothing',
    'VolumeAttachment',
    '{"metadata":{"name":"a"},"spec":{"attacher":"d","nodeName":"n","source":{}}}',
    ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
  ],
  [
    'attributes of no kind',
    'VolumeAttributesClass',
    '{"metadata":{"name":"a"},"driverName":"d"}',
    ['parameters: Required value: must contain at least one key/value pair'],
  ],
  [
    'a service range of one family twice',
    'ServiceCIDR',
    '{"metadata":{"name":"c"},"spec":{"cidrs":["10.0.0.0/16","10.1.0.0/16"]}}',
    [
      'spec.cidrs: Invalid value: {"cidrs":["10.0.0.0/16","10.1.0.0/16"]}: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
  ],
  [
    'a service range with bits beyond its prefix',
    'ServiceCIDR',
    '{"metadata":{"name":"c"},"spec":{"cidrs":["10.0.0.1/8"]}}',
    ['spec.cidrs[0]: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length'],
  ],
  [
    'an address by no address',
    'IPAddress',
    '{"metadata":{"name":"010.0.0.1"},"spec":{"parentRef":{"resource":"services"}}}',
    ['metadata.name: Invalid value: "010.0.0.1": must not have leading 0s', 'spec.parentRef.name: Required value'],
  ],
  [
    'a replication controller without a template',
    'ReplicationController',
    '{"metadata":{"name":"rc"},"spec":{"selector":{"a":"b"}}}',
    ['spec.template: Required value'],
  ],
  [
    'a claim that cannot decide',
    'ResourceClaim',
    '{"metadata":{"name":"c"},"spec":{"devices":{"requests":[{"name":"a"},{"name":"a","exactly":{"deviceClassName":"","allocationMode":"All","count":2}}]}}}',
    [
      'spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required',
      'spec.devices.requests[1].exactly.deviceClassName: Required value',
      "spec.devices.requests[1].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'",
      'spec.devices.requests[1].name: Duplicate value: "a"',
    ],
  ],
  [
    'a slice of nowhere',
    'ResourceSlice',
    '{"metadata":{"name":"s"},"spec":{"driver":"d.example.com","pool":{"name":"p","generation":1,"resourceSliceCount":0}}}',
    [
      'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
      'spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
    ],
  ],
  [
    'a runtime class by a bad name',
    'RuntimeClass',
    '{"metadata":{"name":"r"},"handler":"Run_C"}',
    [`handler: Invalid value: "Run_C": ${LABEL_HINT}`],
  ],
];
