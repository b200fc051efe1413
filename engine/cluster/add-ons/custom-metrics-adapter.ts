import type { Transport } from '../../client/transport.ts';
import { startAdapter } from '../../custom-metrics-adapter/index.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import { TaskGroup } from '../../linux/task-group.ts';
import { componentProgram } from '../component/component-program.ts';

const PORT = 6443;

export interface CustomMetricsSurroundings {
  /** The way to the API server from where the process runs, for whoever its token says it is. */
  connect(process: Process): Transport;
}

/** The adapter as a program; `--secure-port` says where it serves. */
export function customMetricsAdapter({ connect }: CustomMetricsSurroundings): Program {
  return (process) =>
    componentProgram({
      healthAddress: '0.0.0.0',
      healthPort: Number(flagValue(process.argv, 'secure-port') ?? PORT),
      tls: true,
      start: () => {
        const adapter = startAdapter(process, connect(process));
        const threads = new TaskGroup();
        threads.start(adapter.scrape());
        return { answer: (request) => adapter.answer(request), threads, stop: () => {} };
      },
    })(process);
}
