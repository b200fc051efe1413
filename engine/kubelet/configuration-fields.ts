/** What Go calls the type of a field. */
type GoType =
  | 'bool'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'string'
  | 'duration'
  | '[]string'
  | 'map[string]string'
  | 'map[string]bool';

/** Fields by their names; a table within is an object with fields of its own, and `any` is not looked into. */
interface Fields {
  readonly [name: string]: GoType | 'any' | Fields;
}

function named(type: GoType | 'any', names: string): Fields {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, type]),
  );
}

/** The fields of the kubelet's configuration. https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
const FIELDS: Fields = {
  ...named(
    'bool',
    `enableServer rotateCertificates serverTLSBootstrap enableDebuggingHandlers enableContentionProfiling cgroupsPerQOS
    cpuCFSQuota serializeImagePulls enableControllerAttachDetach protectKernelDefaults makeIPTablesUtilChains failSwapOn
    enableSystemLogHandler enableSystemLogQuery seccompDefault enableProfilingHandler enableDebugFlagsHandler registerNode
    localStorageCapacityIsolation failCgroupV1 singleProcessOOMKill mergeDefaultEvictionSettings runOnce`,
  ),
  ...named(
    'int32',
    `port readOnlyPort registryPullQPS registryBurst eventRecordQPS eventBurst healthzPort oomScoreAdj
    nodeLeaseDurationSeconds imageGCHighThresholdPercent imageGCLowThresholdPercent maxPods kubeAPIQPS kubeAPIBurst
    maxParallelImagePulls evictionMaxPodGracePeriod podsPerCore iptablesMasqueradeBit iptablesDropBit containerLogMaxFiles
    containerLogMaxWorkers nodeStatusMaxImages`,
  ),
  ...named('int64', 'podPidsLimit maxOpenFiles'),
  memoryThrottlingFactor: 'float64',
  ...named(
    'string',
    `kind apiVersion staticPodPath podLogsDir staticPodURL address tlsCertFile tlsPrivateKeyFile tlsMinVersion
    healthzBindAddress clusterDomain kubeletCgroups systemCgroups cgroupRoot cgroupDriver cpuManagerPolicy
    memoryManagerPolicy topologyManagerPolicy topologyManagerScope hairpinMode podCIDR resolvConf contentType
    containerLogMaxSize configMapAndSecretChangeDetectionStrategy systemReservedCgroup kubeReservedCgroup volumePluginDir
    providerID containerRuntimeEndpoint imageServiceEndpoint reservedSystemCPUs showHiddenMetricsForVersion
    imagePullCredentialsVerificationPolicy`,
  ),
  ...named(
    'duration',
    `syncFrequency fileCheckFrequency httpCheckFrequency streamingConnectionIdleTimeout nodeStatusUpdateFrequency
    nodeStatusReportFrequency imageMinimumGCAge imageMaximumGCAge volumeStatsAggPeriod cpuManagerReconcilePeriod
    runtimeRequestTimeout evictionPressureTransitionPeriod containerLogMonitorInterval shutdownGracePeriod
    shutdownGracePeriodCriticalPods cpuCFSQuotaPeriod`,
  ),
  ...named(
    '[]string',
    `tlsCipherSuites tlsCurvePreferences clusterDNS enforceNodeAllocatable allowedUnsafeSysctls
    preloadedImagesVerificationAllowlist`,
  ),
  ...named(
    'map[string]string',
    `evictionHard evictionSoft evictionSoftGracePeriod evictionMinimumReclaim qosReserved systemReserved kubeReserved
    cpuManagerPolicyOptions topologyManagerPolicyOptions`,
  ),
  featureGates: 'map[string]bool',
  ...named(
    'any',
    'staticPodURLHeader logging tracing shutdownGracePeriodByPodPriority reservedMemory registerWithTaints',
  ),
  authentication: {
    anonymous: { enabled: 'bool' },
    webhook: { enabled: 'bool', cacheTTL: 'duration' },
    x509: { clientCAFile: 'string' },
  },
  authorization: {
    mode: 'string',
    webhook: { cacheAuthorizedTTL: 'duration', cacheUnauthorizedTTL: 'duration' },
  },
  memorySwap: { swapBehavior: 'string' },
  crashLoopBackOff: { maxContainerRestartPeriod: 'duration' },
  userNamespaces: { idsPerPod: 'int64' },
};

type Values = Readonly<Record<string, unknown>>;

/** Says of the first value that is not of its field's type what encoding/json would. */
export function typeProblem(file: Values, fields: Fields = FIELDS, path = 'KubeletConfiguration'): string | undefined {
  for (const [name, value] of Object.entries(file)) {
    const type = Object.hasOwn(fields, name) ? fields[name]! : 'any';
    if (type === 'any' || value === null || value === undefined) continue;
    const at = `${path}.${name}`;
    if (typeof type === 'object') {
      const problem =
        goType(value) === 'object' ? typeProblem(value as Values, type, at) : mismatch(value, at, goStruct(at));
      if (problem !== undefined) return problem;
      continue;
    }
    const problem = type === 'duration' ? durationProblem(value) : valueProblem(value, type, at);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function durationProblem(value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : `json: cannot unmarshal ${goType(value)} into Go value of type string`;
}

const MAX_INT: Readonly<Record<string, number>> = { int32: 2 ** 31 - 1, int64: Number.MAX_SAFE_INTEGER };

function valueProblem(value: unknown, type: GoType, at: string): string | undefined {
  const [, , element] = /^(\[\]|map\[string\])(\w+)$/.exec(type) ?? [];
  if (element !== undefined) {
    if (goType(value) !== (type.startsWith('[]') ? 'array' : 'object')) return mismatch(value, at, type);
    const wrong = Object.values(value as object).find(
      (each) => valueProblem(each, element as GoType, at) !== undefined,
    );
    return wrong === undefined ? undefined : mismatch(wrong, at, element);
  }
  if (type === 'int32' || type === 'int64') {
    if (typeof value !== 'number') return mismatch(value, at, type);
    const fits = Number.isInteger(value) && Math.abs(value) <= MAX_INT[type]!;
    return fits ? undefined : mismatch(value, at, type, ` ${value}`);
  }
  const wanted = type === 'float64' ? 'number' : type;
  return goType(value) === wanted ? undefined : mismatch(value, at, type);
}

function mismatch(value: unknown, at: string, type: string, more = ''): string {
  return `json: cannot unmarshal ${goType(value)}${more} into Go struct field ${at} of type ${type}`;
}

/** `KubeletConfiguration.authentication.anonymous` is of the type `v1beta1.KubeletAnonymousAuthentication`. */
function goStruct(at: string): string {
  const [, ...names] = at.split('.');
  const words = names.toReversed().map((name) => name.charAt(0).toUpperCase() + name.slice(1));
  return `v1beta1.Kubelet${words.join('')}`;
}

/** What encoding/json calls a value. */
export function goType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** What a strict reader says of fields that there are not. The kubelet warns of them and goes on. */
export function unknownFields(file: Values): readonly string[] {
  return unknownIn(file, FIELDS, '').map((field) => `unknown field ${JSON.stringify(field)}`);
}

function unknownIn(file: Values, fields: Fields, prefix: string): readonly string[] {
  return Object.entries(file).flatMap(([name, value]) => {
    if (!Object.hasOwn(fields, name)) return [prefix + name];
    const within = fields[name]!;
    return typeof within === 'object' && goType(value) === 'object' && value !== null
      ? unknownIn(value as Values, within, `${prefix}${name}.`)
      : [];
  });
}
