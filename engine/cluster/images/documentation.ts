import type { Image } from '../../containerd/image.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import { nginxFiles } from '../../linux/programs/nginx/files.ts';
import { createShell } from '../../linux/shell/index.ts';
import { alpineTree, debianTree, type ImageMaker, PATH } from './base.ts';
import { defineImage } from './definition.ts';

// What the examples of https://kubernetes.io/docs/ run besides the images that everybody uses.

const SAMPLES = 'gcr.io/google-samples';
const GKE_SAMPLES = 'us-docker.pkg.dev/google-samples/containers/gke';

const binary = (programs: ProgramSource, name: string, size: number) => ({
  program: programs.program(name, 'gnu'),
  size,
});

/** https://kubernetes.io/docs/tutorials/stateful-application/basic-stateful-set/ */
const NGINX_SLIM: readonly (readonly [tag: string, version: string])[] = [
  ['0.8', '1.11.1'],
  ['0.21', '1.21.6'],
  ['0.24', '1.25.3'],
  ['0.25', '1.25.5'],
  ['0.26', '1.27.0'],
  ['0.27', '1.27.1'],
];

const nginxSlimImages = (programs: ProgramSource) =>
  NGINX_SLIM.map(([tag, version]) =>
    defineImage({
      reference: `registry.k8s.io/nginx-slim:${tag}`,
      aliases: tag === '0.8' ? ['gcr.io/google_containers/nginx-slim:0.8'] : [],
      sizeBytes: 46_600_000,
      trees: () => [debianTree(programs, ['curl']), nginxFiles(programs)],
      command: ['nginx', '-g', 'daemon off;'],
      env: { PATH, NGINX_VERSION: version },
      exposedPorts: ['80/tcp'],
      stopSignal: 'QUIT',
    }),
  );

/** https://kubernetes.io/docs/tasks/access-application-cluster/service-access-application-cluster/ */
const helloAppImages = (programs: ProgramSource) =>
  ['1', '2'].map((version) =>
    defineImage({
      reference: `${SAMPLES}/hello-app:${version}.0`,
      aliases: [`${GKE_SAMPLES}/hello-app:${version}.0`],
      sizeBytes: 11_500_000,
      trees: () => [{ ...alpineTree(programs), '/hello-app': binary(programs, `hello-app-${version}`, 6_291_456) }],
      command: ['./hello-app'],
      env: { PATH, PORT: '8080' },
      exposedPorts: ['8080/tcp'],
    }),
  );

/** https://kubernetes.io/docs/tutorials/kubernetes-basics/ */
const bootcampImages = (programs: ProgramSource) =>
  ['1', '2'].map((version) =>
    defineImage({
      reference: `${SAMPLES}/kubernetes-bootcamp:v${version}`,
      aliases: [`docker.io/jocatalin/kubernetes-bootcamp:v${version}`],
      sizeBytes: 84_000_000,
      trees: () => [
        {
          ...debianTree(programs, ['curl', 'ps']),
          '/usr/local/bin/node': binary(programs, `bootcamp-${version}`, 30_000_000),
          '/server.js': { text: `// The tutorial's server, version ${version}: its greeting names the Pod.\n` },
        },
      ],
      command: ['node', 'server.js'],
      env: { PATH },
      exposedPorts: ['8080/tcp'],
    }),
  );

/** https://kubernetes.io/docs/tasks/access-application-cluster/connecting-frontend-backend/ */
const FRONTEND_CONF = `upstream Backend {
    server hello;
}

server {
    listen 80;

    location / {
        proxy_pass http://Backend;
    }
}
`;

const frontendImage: ImageMaker = (programs) =>
  defineImage({
    reference: `${SAMPLES}/hello-frontend:1.0`,
    sizeBytes: 45_000_000,
    trees: () => [
      debianTree(programs, ['curl']),
      nginxFiles(programs),
      { '/etc/nginx/conf.d/default.conf': { text: FRONTEND_CONF } },
    ],
    command: ['nginx', '-g', 'daemon off;'],
    env: { PATH, NGINX_VERSION: '1.9.14' },
    exposedPorts: ['80/tcp'],
    stopSignal: 'QUIT',
  });

/** https://kubernetes.io/docs/tutorials/services/connect-applications-service/ */
const HTTPS_DEFAULT_CONF = `server {
    listen 80 default_server;
    listen 443 ssl;
    root /usr/share/nginx/html;
    index index.html;
    server_name localhost;
    ssl_certificate /etc/nginx/ssl/tls.crt;
    ssl_certificate_key /etc/nginx/ssl/tls.key;
    location / {
        try_files $uri $uri/ =404;
    }
}
`;

/** Serves, and reads its configuration again when that has changed. */
const AUTO_RELOAD = `#!/bin/sh
nginx "$@"
before=$(md5sum /etc/nginx/conf.d/* /etc/nginx/ssl/* 2> /dev/null)
while sleep 5; do
    now=$(md5sum /etc/nginx/conf.d/* /etc/nginx/ssl/* 2> /dev/null)
    [ "$now" = "$before" ] && continue
    before=$now
    nginx -t && nginx -s reload
done
`;

const httpsImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/bprashanth/nginxhttps:1.0',
    sizeBytes: 64_000_000,
    trees: () => [
      debianTree(programs, ['curl']),
      nginxFiles(programs),
      {
        '/etc/nginx/conf.d/default.conf': { text: HTTPS_DEFAULT_CONF },
        '/home/auto-reload-nginx.sh': { text: AUTO_RELOAD, mode: 0o755 },
      },
    ],
    command: ['/home/auto-reload-nginx.sh'],
    env: { PATH, NGINX_VERSION: '1.11.3' },
    exposedPorts: ['80/tcp', '443/tcp'],
  });

const busyboxPlusImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/radial/busyboxplus:curl',
    sizeBytes: 4_200_000,
    trees: () => [alpineTree(programs, ['curl'])],
    command: ['/bin/sh'],
    env: { PATH },
  });

/** The documentation's logging agents: start, say so, and send nothing, as there is nobody to send to. */
const FLUENTD = `#!/bin/sh
trap 'exit 0' TERM INT
echo "$(date '+%Y-%m-%d %H:%M:%S') +0000 [info]: starting fluentd (in this simulation it sends nothing)"
while :; do sleep 3600 & wait; done
`;

const fluentdImages = (programs: ProgramSource) =>
  [
    ...['v2.5.1', 'v2.5.2', 'v2.6.0', 'v3.2.0', 'v4.7.2', 'v5.0.1'].map(
      (tag) => `quay.io/fluentd_elasticsearch/fluentd:${tag}`,
    ),
    // https://kubernetes.io/docs/concepts/cluster-administration/logging/#sidecar-container-with-a-logging-agent
    'registry.k8s.io/fluentd-gcp:1.30',
    'registry.k8s.io/fluentd-elasticsearch:1.20',
  ].map((reference) =>
    defineImage({
      reference,
      sizeBytes: 72_000_000,
      trees: () => [debianTree(programs), { '/entrypoint.sh': { text: FLUENTD, mode: 0o755 } }],
      entrypoint: ['/entrypoint.sh'],
      env: { PATH },
    }),
  );

interface Single {
  readonly reference: string;
  readonly aliases?: readonly string[];
  readonly sizeBytes: number;
  readonly port: number;
  readonly path: string;
  readonly program: string;
}

/** Servers that are one program. */
const SINGLE: readonly Single[] = [
  {
    reference: 'registry.k8s.io/echoserver:1.10',
    aliases: ['registry.k8s.io/echoserver:1.4', 'registry.k8s.io/e2e-test-images/echoserver:2.3'],
    sizeBytes: 95_000_000,
    port: 8080,
    path: '/usr/local/bin/nginx',
    program: 'echoserver',
  },
  {
    reference: 'registry.k8s.io/hpa-example:latest',
    sizeBytes: 204_000_000,
    port: 80,
    path: '/usr/local/bin/apache2-foreground',
    program: 'hpa-example',
  },
  {
    reference: `${SAMPLES}/hello-go-gke:1.0`,
    sizeBytes: 11_000_000,
    port: 80,
    path: '/usr/local/bin/hello',
    program: 'hello-backend',
  },
  {
    reference: 'registry.k8s.io/goproxy:0.1',
    sizeBytes: 1_700_000,
    port: 8080,
    path: '/goproxy',
    program: 'goproxy',
  },
];

const singleImages = (programs: ProgramSource) =>
  SINGLE.map(({ port, path, program, ...image }) =>
    defineImage({
      ...image,
      trees: () => [{ ...debianTree(programs, ['curl']), [path]: binary(programs, program, 8_000_000) }],
      command: [path],
      env: { PATH },
      exposedPorts: [`${port}/tcp`],
    }),
  );

/** Images that have since become commands of agnhost. */
const agnhostImages = (programs: ProgramSource) =>
  (
    [
      // https://kubernetes.io/docs/tasks/administer-cluster/namespaces-walkthrough/
      ['serve_hostname', 'serve-hostname', 9376],
      // https://kubernetes.io/docs/concepts/storage/volumes/
      ['test-webserver', 'test-webserver', 80],
    ] as const
  ).map(([name, command, port]) =>
    defineImage({
      reference: `registry.k8s.io/${name}:latest`,
      sizeBytes: 4_900_000,
      trees: () => [{ '/agnhost': binary(programs, 'agnhost', 12_300_000) }],
      entrypoint: ['/agnhost', command],
      exposedPorts: [`${port}/tcp`],
    }),
  );

/** https://kubernetes.io/docs/tasks/administer-cluster/dns-horizontal-autoscaling/ */
const proportionalAutoscalerImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'registry.k8s.io/cpa/cluster-proportional-autoscaler:1.8.4',
    sizeBytes: 15_700_000,
    trees: () => [{ '/cluster-proportional-autoscaler': binary(programs, 'proportional-autoscaler', 40_000_000) }],
    command: ['/cluster-proportional-autoscaler'],
    env: { PATH },
  });

/** https://kubernetes.io/docs/tasks/configure-pod-container/assign-cpu-resource/ */
const vishStressImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/vish/stress:latest',
    sizeBytes: 1_560_000,
    trees: () => [{ '/stress': binary(programs, 'vish-stress', 3_900_000) }],
    entrypoint: ['/stress', '-logtostderr'],
    env: { PATH },
  });

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/ */
const perlImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/perl:5.34.0',
    aliases: ['latest', '5', '5.34', '5.40'].map((tag) => `docker.io/library/perl:${tag}`),
    sizeBytes: 336_000_000,
    trees: () => [{ ...debianTree(programs), '/usr/local/bin/perl': binary(programs, 'perl', 3_900_000) }],
    command: ['perl', '-de0'],
    env: { PATH },
  });

/** https://kubernetes.io/docs/tasks/job/pod-failure-policy/ */
const bashImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/library/bash:5',
    aliases: ['latest', '5.2', '5.3'].map((tag) => `docker.io/library/bash:${tag}`),
    sizeBytes: 6_500_000,
    trees: () => [
      {
        ...alpineTree(programs),
        '/usr/local/bin/bash': { program: createShell({ name: 'bash' }), size: 1_298_416 },
      },
    ],
    command: ['bash'],
    env: { PATH },
  });

/** Fedora and CentOS: their package manager is missing, all else is as in other distributions. */
const redHatImages = (programs: ProgramSource) =>
  (
    [
      ['fedora', '43', 'Fedora Linux', ['latest', '42', '41']],
      ['centos', '7', 'CentOS Linux', ['latest', 'centos7', '8']],
    ] as const
  ).map(([id, version, name, tags]) =>
    defineImage({
      reference: `docker.io/library/${id}:${version}`,
      aliases: tags.map((tag) => `docker.io/library/${id}:${tag}`),
      sizeBytes: 64_000_000,
      trees: () => [
        {
          ...debianTree(programs, ['curl']),
          '/etc/os-release': { text: `NAME="${name}"\nVERSION="${version}"\nID=${id}\nVERSION_ID=${version}\n` },
        },
      ],
      command: ['/bin/bash'],
      env: { PATH },
    }),
  );

/** https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/ */
const artifactImages = ['v1', 'v2'].map((tag) =>
  defineImage({
    reference: `quay.io/crio/artifact:${tag}`,
    sizeBytes: 2048,
    trees: () => [{ '/dir/file': { text: '1\n' }, '/file': { text: '2\n' } }],
  }),
);

export function documentationImages(programs: ProgramSource): readonly Image[] {
  return [
    ...nginxSlimImages(programs),
    ...helloAppImages(programs),
    ...bootcampImages(programs),
    ...fluentdImages(programs),
    ...singleImages(programs),
    ...redHatImages(programs),
    ...agnhostImages(programs),
    ...artifactImages,
    ...[
      proportionalAutoscalerImage,
      frontendImage,
      httpsImage,
      busyboxPlusImage,
      vishStressImage,
      perlImage,
      bashImage,
    ].map((image) => image(programs)),
  ];
}
