import type { Refusal } from './refused-pods.ts';

/** Seen word for word on a 1.20.2 server and unchanged since. */
export const REFUSED_NETWORK_OBJECTS: readonly Refusal[] = [
  ['svc-no-ports', 'Service', '{"metadata":{"name":"s"},"spec":{}}', ['spec.ports: Required value']],
  [
    'svc-dup-names',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"name":"a","port":80},{"name":"a","port":81}]}}',
    ['spec.ports[1].name: Duplicate value: "a"'],
  ],
  [
    'svc-multi-unnamed',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80},{"port":81}]}}',
    ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
  ],
  [
    'svc-port-0',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":0}]}}',
    [
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
  ],
  [
    'svc-nodeport-on-clusterip',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80,"nodePort":30100}]}}',
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
  [
    'svc-clusterip-notip',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"clusterIP":"abc"}}',
    ['spec.clusterIPs[0]: Invalid value: "abc": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    'svc-externalname-missing',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"type":"ExternalName"}}',
    ['spec.externalName: Required value'],
  ],
  [
    'svc-externalname-bad',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"type":"ExternalName","externalName":"a_b!"}}',
    [
      "spec.externalName: Invalid value: \"a_b!\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
  [
    'svc-bad-type',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"type":"Foo"}}',
    ['spec.type: Unsupported value: "Foo": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'],
  ],
  [
    'svc-name-64',
    'Service',
    '{"metadata":{"name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"spec":{"ports":[{"port":80}]}}',
    [
      'metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": must be no more than 63 characters',
    ],
  ],
  [
    'svc-targetport-bad',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80,"targetPort":"Bad_Port"}]}}',
    [
      'spec.ports[0].targetPort: Invalid value: "Bad_Port": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    ],
  ],
  [
    'svc-affinity-bad',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"sessionAffinity":"Cookie"}}',
    ['spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"'],
  ],
  [
    'svc-protocol-bad',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80,"protocol":"ICMP"}]}}',
    ['spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
  ],
  [
    'svc-selector-bad',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"selector":{"a":"b c"}}}',
    [
      "spec.selector: Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ],
  [
    'svc-headless-nodeport',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"type":"NodePort","clusterIP":"None"}}',
    ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
  ],
  [
    'svc-externalip-bad',
    'Service',
    '{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"externalIPs":["x"]}}',
    ['spec.externalIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    'ing-no-pathtype',
    'Ingress',
    '{"metadata":{"name":"i"},"spec":{"rules":[{"host":"a.example.com","http":{"paths":[{"path":"/","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}',
    ['spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified'],
  ],
  [
    'ing-bad-pathtype',
    'Ingress',
    '{"metadata":{"name":"i"},"spec":{"rules":[{"host":"a.example.com","http":{"paths":[{"path":"/","pathType":"Regex","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}',
    [
      'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"',
    ],
  ],
  [
    'ing-path-relative',
    'Ingress',
    '{"metadata":{"name":"i"},"spec":{"rules":[{"host":"a.example.com","http":{"paths":[{"path":"x","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}',
    ['spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path'],
  ],
  [
    'ing-host-ip',
    'Ingress',
    '{"metadata":{"name":"i"},"spec":{"rules":[{"host":"1.2.3.4","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}',
    ['spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
  ],
  [
    'ing-host-upper',
    'Ingress',
    '{"metadata":{"name":"i"},"spec":{"rules":[{"host":"A_b","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}',
    [
      "spec.rules[0].host: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
  [
    'ing-wildcard-middle',
    'Ingress',
    '{"metadata":{"name":"i"},"spec":{"rules":[{"host":"a.*.com","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}',
    [
      "spec.rules[0].host: Invalid value: \"a.*.com\": a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
  [
    'ing-backend-noport',
    'Ingress',
    '{"metadata":{"name":"i"},"spec":{"rules":[{"host":"a.example.com","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"s"}}}]}}]}}',
    ['spec.rules[0].http.paths[0].backend: Required value: port name or number is required'],
  ],
  [
    'ing-backend-two-ports',
    'Ingress',
    '{"metadata":{"name":"i"},"spec":{"rules":[{"host":"a.example.com","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":1,"name":"x"}}}}]}}]}}',
    ['spec.rules[0].http.paths[0].backend: Invalid value: "": cannot set both port name & port number'],
  ],
  [
    'ing-old-backend-in-v1',
    'Ingress',
    '{"metadata":{"name":"i"},"spec":{"rules":[{"http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"serviceName":"s","servicePort":80}}]}}]}}',
    ['spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required'],
  ],
  [
    'ing-class-and-annotation',
    'Ingress',
    '{"metadata":{"name":"i","annotations":{"kubernetes.io/ingress.class":"x"}},"spec":{"rules":[{"host":"a.example.com","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}],"ingressClassName":"x"}}',
    ['annotations.kubernetes.io/ingress.class: Invalid value: "x": can not be set when the class field is also set'],
  ],
  [
    'np-except-outside',
    'NetworkPolicy',
    '{"metadata":{"name":"np"},"spec":{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/16","except":["11.0.0.0/24"]}}]}]}}',
    ['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/24": must be a strict subset of `cidr`'],
  ],
  [
    'np-bad-type',
    'NetworkPolicy',
    '{"metadata":{"name":"np"},"spec":{"podSelector":{},"policyTypes":["Both"]}}',
    ['spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress"'],
  ],
  [
    'np-ipblock-and-pod',
    'NetworkPolicy',
    '{"metadata":{"name":"np"},"spec":{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/16"},"podSelector":{}}]}]}}',
    ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer'],
  ],
  [
    'np-empty-peer',
    'NetworkPolicy',
    '{"metadata":{"name":"np"},"spec":{"podSelector":{},"ingress":[{"from":[{}]}]}}',
    ['spec.ingress[0].from[0]: Required value: must specify a peer'],
  ],
  [
    'np-bad-port',
    'NetworkPolicy',
    '{"metadata":{"name":"np"},"spec":{"podSelector":{},"ingress":[{"ports":[{"port":0}]}]}}',
    ['spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
  ],
];
