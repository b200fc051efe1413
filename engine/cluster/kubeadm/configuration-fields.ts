// The fields of kubeadm's configuration, version v1beta4. https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/

/** What a field may hold: a plain value, a list of one kind, fields of its own, or whatever somebody likes. */
export type FieldKind = 'string' | 'boolean' | 'number' | 'any' | readonly [FieldKind] | Fields;

export interface Fields {
  readonly [name: string]: FieldKind;
}

/** @param names of fields that all hold the same, with blanks between them */
function fields(kind: FieldKind, names: string): Fields {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, kind]),
  );
}

const STRINGS = ['string'] as const;
const ARGUMENTS = [fields('string', 'name value')] as const;
const PATCHES = fields('string', 'directory');
const ENDPOINT: Fields = { advertiseAddress: 'string', bindPort: 'number' };
const IMAGE = fields('string', 'imageRepository imageTag');
const TIMEOUTS = fields(
  'string',
  `controlPlaneComponentHealthCheck discovery etcdAPICall kubeletHealthCheck kubernetesAPICall tlsBootstrap
   upgradeManifests`,
);
const PULLING: Fields = { imagePullPolicy: 'string', imagePullSerial: 'boolean' };

const REGISTRATION: Fields = {
  ...fields('string', 'name criSocket'),
  ...PULLING,
  taints: [fields('string', 'key value effect timeAdded')],
  kubeletExtraArgs: ARGUMENTS,
  ignorePreflightErrors: STRINGS,
};

const COMPONENT: Fields = {
  extraArgs: ARGUMENTS,
  extraEnvs: ['any'],
  extraVolumes: [{ ...fields('string', 'name hostPath mountPath pathType'), readOnly: 'boolean' }],
};

const UPGRADE: Fields = {
  ...fields('boolean', 'certificateRenewal dryRun etcdUpgrade printConfig'),
  ...PULLING,
  ignorePreflightErrors: STRINGS,
  skipPhases: STRINGS,
  patches: PATCHES,
};
const EXPERIMENTS = fields('boolean', 'allowExperimentalUpgrades allowRCUpgrades');

export const CONFIGURATIONS: Readonly<Record<string, Fields>> = {
  ClusterConfiguration: {
    ...fields(
      'string',
      `kubernetesVersion controlPlaneEndpoint certificatesDir imageRepository clusterName encryptionAlgorithm
       certificateValidityPeriod caCertificateValidityPeriod`,
    ),
    etcd: {
      local: {
        ...IMAGE,
        dataDir: 'string',
        extraArgs: ARGUMENTS,
        extraEnvs: ['any'],
        serverCertSANs: STRINGS,
        peerCertSANs: STRINGS,
      },
      external: { endpoints: STRINGS, httpEndpoints: STRINGS, ...fields('string', 'caFile certFile keyFile') },
    },
    networking: fields('string', 'serviceSubnet podSubnet dnsDomain'),
    apiServer: { ...COMPONENT, certSANs: STRINGS },
    controllerManager: COMPONENT,
    scheduler: COMPONENT,
    dns: { ...IMAGE, disabled: 'boolean' },
    proxy: { disabled: 'boolean' },
    featureGates: 'any',
  },
  InitConfiguration: {
    bootstrapTokens: [{ ...fields('string', 'token description ttl expires'), usages: STRINGS, groups: STRINGS }],
    dryRun: 'boolean',
    nodeRegistration: REGISTRATION,
    localAPIEndpoint: ENDPOINT,
    certificateKey: 'string',
    skipPhases: STRINGS,
    patches: PATCHES,
    timeouts: TIMEOUTS,
  },
  JoinConfiguration: {
    dryRun: 'boolean',
    nodeRegistration: REGISTRATION,
    caCertPath: 'string',
    discovery: {
      bootstrapToken: {
        ...fields('string', 'token apiServerEndpoint'),
        caCertHashes: STRINGS,
        unsafeSkipCAVerification: 'boolean',
      },
      file: fields('string', 'kubeConfigPath'),
      tlsBootstrapToken: 'string',
    },
    controlPlane: { localAPIEndpoint: ENDPOINT, certificateKey: 'string' },
    skipPhases: STRINGS,
    patches: PATCHES,
    timeouts: TIMEOUTS,
  },
  ResetConfiguration: {
    ...fields('boolean', 'cleanupTmpDir dryRun force'),
    ...fields('string', 'certificatesDir criSocket'),
    unmountFlags: STRINGS,
    ignorePreflightErrors: STRINGS,
    skipPhases: STRINGS,
    timeouts: TIMEOUTS,
  },
  UpgradeConfiguration: {
    apply: { ...UPGRADE, ...EXPERIMENTS, kubernetesVersion: 'string', forceUpgrade: 'boolean' },
    diff: { kubernetesVersion: 'string', contextLines: 'number' },
    node: UPGRADE,
    plan: {
      ...EXPERIMENTS,
      ...fields('boolean', 'dryRun etcdUpgrade printConfig'),
      kubernetesVersion: 'string',
      ignorePreflightErrors: STRINGS,
    },
    timeouts: TIMEOUTS,
  },
};
