import { writeJson } from '../../kubectl/output/json-writer.ts';
import { writeYaml } from '../../kubectl/yaml/yaml-writer.ts';
import { coalesceValues } from '../chart/values.ts';
import type { HelmCommand } from '../command.ts';
import { OUTPUT_FLAG, REVISION_FLAG, WAIT_FLAGS } from '../global-flags.ts';
import { HelmError } from '../helm-error.ts';
import { chartTitle, type Release, type ReleaseStatus } from '../release/release.ts';
import { rollBack } from '../release/rollback.ts';
import { ReleaseStorage } from '../release/storage.ts';
import { uninstallRelease } from '../release/uninstall.ts';
import { ansicTime, goTime, printAs, releaseText, tableText } from '../release-report.ts';
import type { HelmRun } from '../run.ts';
import { DEPLOY_FLAGS } from './install.ts';

/** Flags of `list` for the states that releases are in. */
const STATES: readonly (readonly [flag: string, states: readonly ReleaseStatus[]])[] = [
  ['deployed', ['deployed']],
  ['failed', ['failed']],
  ['pending', ['pending-install', 'pending-upgrade', 'pending-rollback']],
  ['superseded', ['superseded']],
  ['uninstalled', ['uninstalled']],
  ['uninstalling', ['uninstalling']],
];

export const list: HelmCommand = {
  name: 'list',
  aliases: ['ls'],
  summary: 'list releases',
  help: 'This command lists the releases of a namespace; without flags for states those that are deployed or have failed',
  examples: ['helm list', 'helm list -A', 'helm list -n shop --failed'],
  most: 0,
  flags: [
    OUTPUT_FLAG,
    { name: 'all-namespaces', short: 'A', type: 'bool', help: 'list releases across all namespaces' },
    { name: 'all', short: 'a', type: 'bool', help: 'show all releases without any filter applied' },
    { name: 'filter', short: 'f', type: 'string', help: 'a regular expression that names have to match' },
    { name: 'short', short: 'q', type: 'bool', help: 'output short (quiet) listing format' },
    { name: 'date', short: 'd', type: 'bool', help: 'sort by release date' },
    { name: 'reverse', short: 'r', type: 'bool', help: 'reverse the sort order' },
    { name: 'max', short: 'm', type: 'int', default: '256', help: 'maximum number of releases to fetch' },
    { name: 'no-headers', type: 'bool', help: "don't print headers" },
    ...STATES.map(([name]) => ({ name, type: 'bool' as const, help: `show ${name} releases` })),
  ],
  *run(run) {
    const { flags, streams } = run;
    yield* run.reach();
    const everywhere = flags.bool('all-namespaces');
    const all = yield* new ReleaseStorage(run.cluster, everywhere ? '' : run.namespace).all();
    const releases = shownReleases(run, all);
    if (flags.bool('short')) {
      streams.out(releases.map(({ name }) => `${name}\n`).join(''));
      return 0;
    }
    const rows = releases.map(rowOf);
    printAs(run, rows, () => {
      const heads = ['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION'];
      const text = tableText(heads, rows.map(Object.values));
      return flags.bool('no-headers') ? text.slice(text.indexOf('\n') + 1) : text;
    });
    return 0;
  },
};

function rowOf({ name, namespace, version, info, chart }: Release) {
  return {
    name,
    namespace,
    revision: String(version),
    updated: goTime(info.last_deployed),
    status: info.status,
    chart: chartTitle(chart),
    app_version: chart.metadata.appVersion ?? '',
  };
}

/** The last revision of each release, as far as its state is asked for. */
function shownReleases({ flags }: HelmRun, all: readonly Release[]): readonly Release[] {
  const last = new Map<string, Release>();
  for (const one of all) last.set(`${one.namespace}/${one.name}`, one);
  const asked = STATES.filter(([flag]) => flags.bool(flag)).flatMap(([, states]) => states);
  const states = asked.length > 0 ? asked : ['deployed', 'failed'];
  const filter = new RegExp(flags.string('filter'));
  const key = (release: Release) => (flags.bool('date') ? release.info.last_deployed : release.name);
  const sorted = [...last.values()]
    .filter(({ name, info }) => filter.test(name) && (flags.bool('all') || states.includes(info.status)))
    .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.namespace < b.namespace ? -1 : 1));
  if (flags.bool('reverse')) sorted.reverse();
  return sorted.slice(0, flags.int('max') || sorted.length);
}

export const status: HelmCommand = {
  name: 'status',
  summary: 'display the status of the named release',
  usage: 'RELEASE_NAME',
  least: 1,
  most: 1,
  flags: [OUTPUT_FLAG, REVISION_FLAG],
  *run(run) {
    yield* run.reach();
    const release = yield* askedRevision(run);
    printAs(run, { ...release, chart: undefined }, () => releaseText(release));
    return 0;
  },
};

function* askedRevision(run: HelmRun) {
  const storage = new ReleaseStorage(run.cluster, run.namespace);
  return yield* storage.revision(run.args[0]!, run.flags.int('revision'));
}

export const history: HelmCommand = {
  name: 'history',
  aliases: ['hist'],
  summary: 'fetch release history',
  usage: 'RELEASE_NAME',
  least: 1,
  most: 1,
  flags: [
    OUTPUT_FLAG,
    { name: 'max', type: 'int', default: '256', help: 'maximum number of revisions to include in history' },
  ],
  *run(run) {
    yield* run.reach();
    const revisions = yield* new ReleaseStorage(run.cluster, run.namespace).history(run.args[0]!);
    if (revisions.length === 0) throw new HelmError('release: not found');
    const rows = revisions.slice(-run.flags.int('max')).map(({ version, info, chart }) => ({
      revision: version,
      updated: info.last_deployed,
      status: info.status,
      chart: chartTitle(chart),
      app_version: chart.metadata.appVersion ?? '',
      description: info.description,
    }));
    printAs(run, rows, () =>
      tableText(
        ['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'],
        rows.map((row) => Object.values({ ...row, revision: String(row.revision), updated: ansicTime(row.updated) })),
      ),
    );
    return 0;
  },
};

export const rollback: HelmCommand = {
  name: 'rollback',
  summary: 'roll back a release to a previous revision',
  usage: '<RELEASE> [REVISION]',
  help: 'This command rolls back a release to a previous revision; without a revision to the one before the last',
  examples: ['helm rollback web', 'helm rollback web 2 --wait'],
  least: 1,
  most: 2,
  flags: [...WAIT_FLAGS, ...DEPLOY_FLAGS.filter(({ name }) => name === 'dry-run' || name === 'force')],
  *run(run) {
    const { flags, args, streams } = run;
    const [name = '', revision = '0'] = args;
    if (!/^\d+$/.test(revision)) {
      throw new HelmError(
        `could not convert revision to a number: strconv.Atoi: parsing ${JSON.stringify(revision)}: invalid syntax`,
      );
    }
    yield* run.reach();
    yield* rollBack(run, {
      name,
      revision: Number(revision),
      wait: flags.bool('wait') || flags.bool('wait-for-jobs'),
      waitForJobs: flags.bool('wait-for-jobs'),
      timeoutMs: flags.duration('timeout'),
      hooks: !flags.bool('no-hooks'),
      force: flags.bool('force'),
      dryRun: flags.string('dry-run') === 'none' ? 'none' : 'client',
    });
    streams.out('Rollback was a success! Happy Helming!\n');
    return 0;
  },
};

export const uninstall: HelmCommand = {
  name: 'uninstall',
  aliases: ['un', 'del', 'delete'],
  summary: 'uninstall a release',
  usage: 'RELEASE_NAME [...]',
  least: 1,
  flags: [
    ...WAIT_FLAGS.filter(({ name }) => name !== 'wait-for-jobs'),
    {
      name: 'keep-history',
      type: 'bool',
      help: 'remove all associated resources and mark the release as deleted, but retain the release history',
    },
    { name: 'ignore-not-found', type: 'bool', help: 'treat "release not found" as a successful uninstall' },
    { name: 'dry-run', type: 'bool', help: 'simulate an uninstall' },
  ],
  *run(run) {
    const { flags, streams } = run;
    yield* run.reach();
    for (const name of run.args) {
      if (flags.bool('dry-run')) {
        yield* new ReleaseStorage(run.cluster, run.namespace).last(name);
      } else {
        try {
          const kept = yield* uninstallRelease(run, name, {
            keepHistory: flags.bool('keep-history'),
            hooks: !flags.bool('no-hooks'),
            wait: flags.bool('wait'),
            timeoutMs: flags.duration('timeout'),
          });
          streams.out(kept);
        } catch (error) {
          const ignored =
            flags.bool('ignore-not-found') &&
            error instanceof HelmError &&
            error.message.endsWith('release: not found');
          if (!ignored) throw error;
        }
      }
      streams.out(`release ${JSON.stringify(name)} uninstalled\n`);
    }
    return 0;
  },
};

const getPart = (
  name: string,
  aliases: readonly string[],
  summary: string,
  text: (release: Release) => string,
): HelmCommand => ({
  name,
  aliases,
  summary,
  usage: 'RELEASE_NAME',
  least: 1,
  most: 1,
  flags: [REVISION_FLAG],
  *run(run) {
    yield* run.reach();
    run.streams.out(text(yield* askedRevision(run)));
    return 0;
  },
});

const hooksText = ({ hooks }: Release) =>
  hooks.map(({ path, manifest }) => `---\n# Source: ${path}\n${manifest}\n`).join('');
const notesText = ({ info }: Release) => (info.notes === undefined ? '' : `NOTES:\n${info.notes}\n`);
const valuesText = (release: Release, all: boolean) =>
  all
    ? `COMPUTED VALUES:\n${writeYaml(coalesceValues(release.chart, release.config))}`
    : `USER-SUPPLIED VALUES:\n${Object.keys(release.config).length === 0 ? 'null\n' : writeYaml(release.config)}`;

const getValues: HelmCommand = {
  ...getPart('values', [], 'download the values file for a named release', () => ''),
  flags: [REVISION_FLAG, OUTPUT_FLAG, { name: 'all', short: 'a', type: 'bool', help: 'dump all (computed) values' }],
  *run(run) {
    yield* run.reach();
    const release = yield* askedRevision(run);
    const all = run.flags.bool('all');
    const values = all ? coalesceValues(release.chart, release.config) : release.config;
    const format = run.flags.string('output');
    if (format === 'json') run.streams.out(`${writeJson(values)}\n`);
    else run.streams.out(format === 'yaml' ? writeYaml(values) : valuesText(release, all));
    return 0;
  },
};

const getAll = getPart('all', [], 'download all information for a named release', (release) => {
  const { name, namespace, version, info, chart, manifest } = release;
  const head = [
    `NAME: ${name}`,
    `LAST DEPLOYED: ${ansicTime(info.last_deployed)}`,
    `NAMESPACE: ${namespace}`,
    `STATUS: ${info.status}`,
    `REVISION: ${version}`,
    `CHART: ${chart.metadata.name}`,
    `VERSION: ${chart.metadata.version}`,
    `APP_VERSION: ${chart.metadata.appVersion ?? ''}`,
  ].join('\n');
  return `${head}\n${valuesText(release, false)}\n${valuesText(release, true)}\nHOOKS:\n${hooksText(release)}MANIFEST:\n${manifest}\n${notesText(release)}`;
});

const getMetadata: HelmCommand = {
  ...getPart('metadata', [], 'This command fetches metadata for a given release', () => ''),
  flags: [REVISION_FLAG, OUTPUT_FLAG],
  *run(run) {
    yield* run.reach();
    const { name, namespace, version, info, chart } = yield* askedRevision(run);
    const { metadata } = chart;
    const shown = {
      name,
      chart: metadata.name,
      version: metadata.version,
      appVersion: metadata.appVersion ?? '',
      namespace,
      revision: version,
      status: info.status,
      deployedAt: info.last_deployed,
    };
    printAs(run, shown, () =>
      Object.entries({
        NAME: name,
        CHART: shown.chart,
        VERSION: shown.version,
        APP_VERSION: shown.appVersion,
        NAMESPACE: namespace,
        REVISION: version,
        STATUS: info.status,
        DEPLOYED_AT: info.last_deployed,
      })
        .map(([key, value]) => `${key}: ${value}\n`)
        .join(''),
    );
    return 0;
  },
};

export const get: HelmCommand = {
  name: 'get',
  summary: 'download extended information of a named release',
  subcommands: [
    getAll,
    getPart('hooks', [], 'download all hooks for a named release', hooksText),
    getPart('manifest', [], 'download the manifest for a named release', ({ manifest }) => `${manifest}\n`),
    getMetadata,
    getPart('notes', [], 'download the notes for a named release', notesText),
    getValues,
  ],
};
