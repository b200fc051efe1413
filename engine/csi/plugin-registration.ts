/**
 * How a plugin makes itself known: it puts a socket into the kubelet's folder, which asks it who it is and tells it whether it
 * was taken. https://github.com/kubernetes/kubernetes/tree/master/staging/src/k8s.io/kubelet/pkg/apis/pluginregistration/v1
 */
export const REGISTRATION = {
  name: 'pluginregistration.Registration',
  messages: {
    InfoRequest: {},
    PluginInfo: {
      type: [1, 'string'],
      name: [2, 'string'],
      endpoint: [3, 'string'],
      supported_versions: [4, 'repeated string'],
    },
    RegistrationStatus: { plugin_registered: [1, 'bool'], error: [2, 'string'] },
    RegistrationStatusResponse: {},
  },
  methods: {
    GetInfo: ['InfoRequest', 'PluginInfo'],
    NotifyRegistrationStatus: ['RegistrationStatus', 'RegistrationStatusResponse'],
  },
} as const;

export const PLUGINS_REGISTRY = '/var/lib/kubelet/plugins_registry';
