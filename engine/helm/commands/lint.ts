import type { Task } from '../../sim/index.ts';
import type { Chart } from '../chart/chart.ts';
import { loadChart } from '../chart/load.ts';
import { isStrictVersion } from '../chart/semver.ts';
import { checkDependencies } from '../chart/values.ts';
import type { HelmCommand } from '../command.ts';
import { givenValues } from '../given-values.ts';
import { VALUES_FLAGS } from '../global-flags.ts';
import { HelmError } from '../helm-error.ts';
import { offlineCapabilities, prepare } from '../release/prepare.ts';
import type { HelmRun } from '../run.ts';

interface Finding {
  readonly level: 'INFO' | 'WARNING' | 'ERROR';
  readonly path: string;
  readonly text: string;
}

export const lint: HelmCommand = {
  name: 'lint',
  summary: 'examine a chart for possible issues',
  usage: 'PATH',
  flags: [
    ...VALUES_FLAGS,
    { name: 'strict', type: 'bool', help: 'fail on lint warnings' },
    { name: 'quiet', type: 'bool', help: 'print only warnings and errors' },
    { name: 'kube-version', type: 'string', help: 'Kubernetes version used for capabilities' },
  ],
  *run(run) {
    const paths = run.args.length === 0 ? ['.'] : run.args;
    let failed = 0;
    for (const path of paths) {
      const findings = yield* lintChart(run, path);
      const shown = run.flags.bool('quiet') ? findings.filter(({ level }) => level !== 'INFO') : findings;
      run.streams.out(`==> Linting ${path}\n`);
      run.streams.out(shown.map(({ level, path: where, text }) => `[${level}] ${where}: ${text}\n`).join(''));
      run.streams.out('\n');
      const bad = run.flags.bool('strict') ? ['ERROR', 'WARNING'] : ['ERROR'];
      if (findings.some(({ level }) => bad.includes(level))) failed += 1;
    }
    const summary = `${paths.length} chart(s) linted, ${failed} chart(s) failed`;
    if (failed > 0) throw new HelmError(summary);
    run.streams.out(`${summary}\n`);
    return 0;
  },
};

function* lintChart(run: HelmRun, path: string): Task<readonly Finding[]> {
  let chart: Chart;
  try {
    chart = loadChart(run.process, path);
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    return [{ level: 'ERROR', path: 'Chart.yaml', text: error.message }];
  }
  const findings: Finding[] = [...metadataFindings(chart)];
  const problem = yield* renderProblem(run, chart);
  if (problem !== undefined) findings.push({ level: 'ERROR', path: 'templates/', text: problem });
  return findings;
}

function metadataFindings({ metadata }: Chart): readonly Finding[] {
  const findings: Finding[] = [];
  if (metadata['icon'] === undefined) findings.push({ level: 'INFO', path: 'Chart.yaml', text: 'icon is recommended' });
  if (!isStrictVersion(metadata.version)) {
    const text = `version ${JSON.stringify(metadata.version)} is not a valid SemVerV2`;
    findings.push({ level: 'ERROR', path: 'Chart.yaml', text });
  }
  return findings;
}

function* renderProblem(run: HelmRun, chart: Chart): Task<string | undefined> {
  try {
    checkDependencies(chart);
    yield* prepare(run, {
      chart,
      values: yield* givenValues(run),
      release: { Name: 'test-release', Namespace: run.namespace, Revision: 1, IsInstall: true, IsUpgrade: false },
      capabilities: offlineCapabilities(run),
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    return error.message;
  }
}
