import type { HelmCommand } from '../command.ts';
import { OUTPUT_FLAG } from '../global-flags.ts';
import { HelmError } from '../helm-error.ts';
import { printAs, tableText } from '../release-report.ts';
import {
  cachedIndex,
  cachePath,
  download,
  fetchIndex,
  type IndexEntry,
  pickVersion,
  readRepositories,
  writeRepositories,
} from '../repository/repositories.ts';
import type { HelmRun } from '../run.ts';

const add: HelmCommand = {
  name: 'add',
  summary: 'add a chart repository',
  usage: '[NAME] [URL]',
  examples: ['helm repo add drydock https://charts.drydock.example'],
  least: 2,
  most: 2,
  flags: [
    { name: 'force-update', type: 'bool', help: 'replace (overwrite) the repo if it already exists' },
    { name: 'no-update', type: 'bool', help: 'Ignored. Formerly, it would disabled forced updates', hidden: true },
  ],
  *run({ args, flags, process, streams }) {
    const [name = '', url = ''] = args;
    if (name.includes('/'))
      throw new HelmError(`repository name (${name}) contains '/', please specify a different name without '/'`);
    const known = readRepositories(process);
    const same = known.find((one) => one.name === name);
    if (same !== undefined && !flags.bool('force-update')) {
      if (same.url !== url)
        throw new HelmError(`repository name (${name}) already exists, please specify a different name`);
      streams.out(`${JSON.stringify(name)} already exists with the same configuration, skipping\n`);
      return 0;
    }
    fetchIndex(process, { name, url });
    const others = known.filter((one) => one.name !== name);
    writeRepositories(process, [...others, { name, url }], new Date(process.now()).toISOString());
    streams.out(`${JSON.stringify(name)} has been added to your repositories\n`);
    return 0;
  },
};

const list: HelmCommand = {
  name: 'list',
  aliases: ['ls'],
  summary: 'list chart repositories',
  most: 0,
  flags: [OUTPUT_FLAG],
  *run(run) {
    const known = readRepositories(run.process);
    if (known.length === 0 && run.flags.string('output') === 'table') throw new HelmError('no repositories to show');
    printAs(run, known, () =>
      tableText(
        ['NAME', 'URL'],
        known.map(({ name, url }) => [name, url]),
      ),
    );
    return 0;
  },
};

const update: HelmCommand = {
  name: 'update',
  aliases: ['up'],
  summary: 'update information of available charts locally from chart repositories',
  usage: '[REPO1 [REPO2 ...]]',
  *run({ args, process, streams }) {
    const known = readRepositories(process);
    if (known.length === 0) throw new HelmError('no repositories found. You must add one before updating');
    const unknown = args.filter((name) => !known.some((one) => one.name === name));
    if (unknown.length > 0)
      throw new HelmError(`no repositories found matching '${unknown[0]}'.  Nothing will be updated`);
    streams.out('Hang tight while we grab the latest from your chart repositories...\n');
    const failed: string[] = [];
    for (const repository of args.length === 0 ? known : known.filter(({ name }) => args.includes(name))) {
      try {
        fetchIndex(process, repository);
        streams.out(`...Successfully got an update from the ${JSON.stringify(repository.name)} chart repository\n`);
      } catch (error) {
        if (!(error instanceof HelmError)) throw error;
        failed.push(repository.url);
        streams.out(
          `...Unable to get an update from the ${JSON.stringify(repository.name)} chart repository (${repository.url}):\n\t${error.message}\n`,
        );
      }
    }
    if (failed.length > 0)
      throw new HelmError(`failed to update the following repositories: ${JSON.stringify(failed)}`);
    streams.out('Update Complete. ⎈Happy Helming!⎈\n');
    return 0;
  },
};

const remove: HelmCommand = {
  name: 'remove',
  aliases: ['rm'],
  summary: 'remove one or more chart repositories',
  usage: '[REPO1 [REPO2 ...]]',
  least: 1,
  *run({ args, process, streams }) {
    for (const name of args) {
      const known = readRepositories(process);
      if (known.length === 0) throw new HelmError('no repositories configured');
      if (!known.some((one) => one.name === name)) throw new HelmError(`no repo named ${JSON.stringify(name)} found`);
      writeRepositories(
        process,
        known.filter((one) => one.name !== name),
        new Date(process.now()).toISOString(),
      );
      const index = `${cachePath(process)}/${name}-index.yaml`;
      if (process.access(index, 'exists')) process.unlink(index);
      streams.out(`${JSON.stringify(name)} has been removed from your repositories\n`);
    }
    return 0;
  },
};

export const repo: HelmCommand = {
  name: 'repo',
  summary: 'add, list, remove, update, and index chart repositories',
  subcommands: [add, list, remove, update],
};

const searchRepo: HelmCommand = {
  name: 'repo',
  summary: 'search repositories for a keyword in charts',
  usage: '[keyword]',
  flags: [
    OUTPUT_FLAG,
    {
      name: 'versions',
      short: 'l',
      type: 'bool',
      help: 'show the long listing, with each version of each chart on its own line',
    },
    { name: 'version', type: 'string', help: 'search using semantic versioning constraints' },
    { name: 'devel', type: 'bool', help: 'use development versions, too' },
    { name: 'regexp', short: 'r', type: 'bool', help: 'use regular expressions for searching' },
    { name: 'max-col-width', type: 'int', default: '50', help: 'maximum column width for output table' },
  ],
  *run(run) {
    const { flags } = run;
    if (readRepositories(run.process).length === 0) throw new HelmError('no repositories configured');
    const rows = foundCharts(run);
    printAs(run, rows, () =>
      rows.length === 0
        ? 'No results found\n'
        : tableText(
            ['NAME', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION'],
            rows.map(Object.values),
            flags.int('max-col-width'),
          ),
    );
    return 0;
  },
};

function foundCharts({ process, flags, args }: HelmRun) {
  const word = args.join(' ').toLowerCase();
  const pattern = flags.bool('regexp') ? new RegExp(word, 'i') : undefined;
  const matches = (name: string, { description = '', ...entry }: IndexEntry) => {
    const text = `${name} ${description} ${String(entry['keywords'] ?? '')}`;
    return pattern === undefined ? text.toLowerCase().includes(word) : pattern.test(text);
  };
  return readRepositories(process).flatMap(({ name: repository }) =>
    [...cachedIndex(process, repository)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([chart, entries]) => {
        const newest = pickVersion(entries, flags.string('version'), flags.bool('devel'));
        const shown = flags.bool('versions') ? entries : newest === undefined ? [] : [newest];
        const name = `${repository}/${chart}`;
        return shown
          .filter((entry) => matches(name, entry))
          .map(({ version, appVersion = '', description = '' }) => ({
            name,
            version,
            app_version: appVersion,
            description,
          }));
      }),
  );
}

const searchHub: HelmCommand = {
  name: 'hub',
  summary: 'search for charts in the Artifact Hub or your own hub instance',
  usage: '[KEYWORD]',
  flags: [
    OUTPUT_FLAG,
    { name: 'endpoint', type: 'string', default: 'https://hub.helm.sh', help: 'Hub instance to query for charts' },
  ],
  *run({ args, flags }) {
    const endpoint = flags.string('endpoint');
    try {
      download(`${endpoint}/api/chartsvc/v1/charts/search?q=${encodeURIComponent(args.join(' '))}`);
    } catch (error) {
      throw new HelmError(`unable to perform search against ${JSON.stringify(endpoint)}: ${(error as Error).message}`);
    }
    return 0;
  },
};

export const search: HelmCommand = {
  name: 'search',
  summary: 'search for a keyword in charts',
  subcommands: [searchHub, searchRepo],
};
