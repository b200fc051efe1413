import type { Shape } from '../../api/config-shape.ts';
import { EXTENSION_POINTS } from './plugin-points.ts';

// The structure of the file: https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/

const PLUGINS: Shape = { list: { fields: { name: 'string', weight: 'integer' } } };
const PLUGIN_SET: Shape = { fields: { enabled: PLUGINS, disabled: PLUGINS } };
const STRINGS: Shape = { list: 'string' };

const EXTENDER: Shape = {
  fields: {
    urlPrefix: 'string',
    filterVerb: 'string',
    prioritizeVerb: 'string',
    preemptVerb: 'string',
    bindVerb: 'string',
    weight: 'integer',
    enableHTTPS: 'boolean',
    tlsConfig: {
      fields: {
        insecure: 'boolean',
        serverName: 'string',
        certFile: 'string',
        keyFile: 'string',
        caFile: 'string',
        certData: 'string',
        keyData: 'string',
        caData: 'string',
      },
    },
    httpTimeout: 'string',
    nodeCacheCapable: 'boolean',
    managedResources: { list: { fields: { name: 'string', ignoredByScheduler: 'boolean' } } },
    ignorable: 'boolean',
  },
};

export const CONFIGURATION_SHAPE: Shape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    parallelism: 'integer',
    leaderElection: {
      fields: {
        leaderElect: 'boolean',
        leaseDuration: 'string',
        renewDeadline: 'string',
        retryPeriod: 'string',
        resourceLock: 'string',
        resourceName: 'string',
        resourceNamespace: 'string',
      },
    },
    clientConnection: {
      fields: {
        kubeconfig: 'string',
        acceptContentTypes: 'string',
        contentType: 'string',
        qps: 'any',
        burst: 'integer',
      },
    },
    enableProfiling: 'boolean',
    enableContentionProfiling: 'boolean',
    percentageOfNodesToScore: 'integer',
    podInitialBackoffSeconds: 'integer',
    podMaxBackoffSeconds: 'integer',
    delayCacheUntilActive: 'boolean',
    extenders: { list: EXTENDER },
    profiles: {
      list: {
        fields: {
          schedulerName: 'string',
          percentageOfNodesToScore: 'integer',
          plugins: {
            fields: Object.fromEntries([...EXTENSION_POINTS, 'multiPoint'].map((name) => [name, PLUGIN_SET])),
          },
          pluginConfig: { list: { fields: { name: 'string', args: 'any' } } },
        },
      },
    },
  },
};

const REQUIREMENTS: Shape = { list: { fields: { key: 'string', operator: 'string', values: STRINGS } } };
const NODE_TERM: Shape = { fields: { matchExpressions: REQUIREMENTS, matchFields: REQUIREMENTS } };
const WEIGHTED_RESOURCES: Shape = { list: { fields: { name: 'string', weight: 'integer' } } };
const FUNCTION_SHAPE: Shape = { list: { fields: { utilization: 'integer', score: 'integer' } } };

/** The fields of each plugin's arguments. */
export const ARGS_SHAPES: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  DefaultPreemption: { minCandidateNodesPercentage: 'integer', minCandidateNodesAbsolute: 'integer' },
  InterPodAffinity: { hardPodAffinityWeight: 'integer', ignorePreferredTermsOfExistingPods: 'boolean' },
  NodeAffinity: {
    addedAffinity: {
      fields: {
        requiredDuringSchedulingIgnoredDuringExecution: { fields: { nodeSelectorTerms: { list: NODE_TERM } } },
        preferredDuringSchedulingIgnoredDuringExecution: {
          list: { fields: { weight: 'integer', preference: NODE_TERM } },
        },
      },
    },
  },
  NodeResourcesBalancedAllocation: { resources: WEIGHTED_RESOURCES },
  NodeResourcesFit: {
    ignoredResources: STRINGS,
    ignoredResourceGroups: STRINGS,
    scoringStrategy: {
      fields: {
        type: 'string',
        resources: WEIGHTED_RESOURCES,
        requestedToCapacityRatio: { fields: { shape: FUNCTION_SHAPE } },
      },
    },
  },
  PodTopologySpread: {
    defaultConstraints: {
      list: {
        fields: {
          maxSkew: 'integer',
          topologyKey: 'string',
          whenUnsatisfiable: 'string',
          labelSelector: 'any',
          minDomains: 'integer',
          nodeAffinityPolicy: 'string',
          nodeTaintsPolicy: 'string',
          matchLabelKeys: STRINGS,
        },
      },
    },
    defaultingType: 'string',
  },
  VolumeBinding: { bindTimeoutSeconds: 'integer', shape: FUNCTION_SHAPE },
};
