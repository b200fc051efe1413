/** Pods that fit nowhere on three nodes of 16 CPUs, and what Kubernetes 1.20.2 said about them. */
export const UNSCHEDULABLE: readonly {
  readonly scenario: string;
  readonly objects: readonly unknown[];
  readonly message: string;
}[] = [
  {
    scenario: 'extended-resource',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
              resources: {
                limits: {
                  'example.com/gpu': '1',
                },
              },
            },
          ],
        },
      },
    ],
    message: '0/3 nodes are available: 3 Insufficient example.com/gpu.',
  },
  {
    scenario: 'nodeselector',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
            },
          ],
          nodeSelector: {
            no: 'where',
          },
        },
      },
    ],
    message: "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity.",
  },
  {
    scenario: 'insufficient-memory-and-cpu',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
              resources: {
                requests: {
                  cpu: '1000',
                  memory: '1000Ti',
                },
              },
            },
          ],
        },
      },
    ],
    message: '0/3 nodes are available: 3 Insufficient cpu, 3 Insufficient memory.',
  },
  {
    scenario: 'pvc-unbound-noclass',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: 'c',
        },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: {
            requests: {
              storage: '1Gi',
            },
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
            },
          ],
          volumes: [
            {
              name: 'v',
              persistentVolumeClaim: {
                claimName: 'c',
              },
            },
          ],
        },
      },
    ],
    message: '0/3 nodes are available: 3 pod has unbound immediate PersistentVolumeClaims.',
  },
  {
    scenario: 'topology-spread',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
            },
          ],
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'zone',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: {
                matchLabels: {
                  a: 'b',
                },
              },
            },
          ],
        },
      },
    ],
    message:
      "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints (missing required label).",
  },
  {
    scenario: 'hostport',
    objects: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {
          name: 'web',
        },
        spec: {
          replicas: 4,
          selector: {
            matchLabels: {
              app: 'x',
            },
          },
          template: {
            metadata: {
              labels: {
                app: 'x',
              },
            },
            spec: {
              containers: [
                {
                  name: 'c',
                  image: 'nginx',
                  ports: [
                    {
                      containerPort: 80,
                      hostPort: 8088,
                    },
                  ],
                },
              ],
            },
          },
        },
      },
    ],
    message: "0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.",
  },
  {
    scenario: 'affinity',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
            },
          ],
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  {
                    matchExpressions: [
                      {
                        key: 'zone',
                        operator: 'In',
                        values: ['a'],
                      },
                    ],
                  },
                ],
              },
            },
          },
        },
      },
    ],
    message: "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity.",
  },
  {
    scenario: 'pvc-missing',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
            },
          ],
          volumes: [
            {
              name: 'v',
              persistentVolumeClaim: {
                claimName: 'nope',
              },
            },
          ],
        },
      },
    ],
    message: '0/3 nodes are available: 3 persistentvolumeclaim "nope" not found.',
  },
  {
    scenario: 'pod-antiaffinity',
    objects: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {
          name: 'web',
        },
        spec: {
          replicas: 4,
          selector: {
            matchLabels: {
              app: 'x',
            },
          },
          template: {
            metadata: {
              labels: {
                app: 'x',
              },
            },
            spec: {
              containers: [
                {
                  name: 'c',
                  image: 'nginx',
                },
              ],
              affinity: {
                podAntiAffinity: {
                  requiredDuringSchedulingIgnoredDuringExecution: [
                    {
                      topologyKey: 'kubernetes.io/hostname',
                      labelSelector: {
                        matchLabels: {
                          app: 'x',
                        },
                      },
                    },
                  ],
                },
              },
            },
          },
        },
      },
    ],
    message:
      "0/3 nodes are available: 3 node(s) didn't match pod affinity/anti-affinity, 3 node(s) didn't match pod anti-affinity rules.",
  },
  {
    scenario: 'insufficient-cpu',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
              resources: {
                requests: {
                  cpu: '1000',
                },
              },
            },
          ],
        },
      },
    ],
    message: '0/3 nodes are available: 3 Insufficient cpu.',
  },
  {
    scenario: 'pod-affinity',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
            },
          ],
          affinity: {
            podAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                {
                  topologyKey: 'kubernetes.io/hostname',
                  labelSelector: {
                    matchLabels: {
                      no: 'such',
                    },
                  },
                },
              ],
            },
          },
        },
      },
    ],
    message:
      "0/3 nodes are available: 3 node(s) didn't match pod affinity rules, 3 node(s) didn't match pod affinity/anti-affinity.",
  },
  {
    scenario: 'pvc-missing-class',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: 'c',
        },
        spec: {
          storageClassName: 'no-such-class',
          accessModes: ['ReadWriteOnce'],
          resources: {
            requests: {
              storage: '1Gi',
            },
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
            },
          ],
          volumes: [
            {
              name: 'v',
              persistentVolumeClaim: {
                claimName: 'c',
              },
            },
          ],
        },
      },
    ],
    message: '0/3 nodes are available: 3 pod has unbound immediate PersistentVolumeClaims.',
  },
  {
    scenario: 'tainted',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
            },
          ],
        },
      },
    ],
    message: "0/3 nodes are available: 3 node(s) had taint {k: v}, that the pod didn't tolerate.",
  },
  {
    scenario: 'cordoned',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'p',
        },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
            },
          ],
        },
      },
    ],
    message: '0/3 nodes are available: 3 node(s) were unschedulable.',
  },
];
