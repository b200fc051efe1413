import { CUDA_VERSION, type GpuStatus } from './behaviour.ts';
import { DRIVER_VERSION } from './gpu.ts';

const RULE = `+${'-'.repeat(89)}+`;
const COLUMNS = `+${'-'.repeat(41)}+${'-'.repeat(24)}+${'-'.repeat(22)}+`;

/** What `nvidia-smi` prints when it is asked for nothing else. */
export function smiTable(gpus: readonly GpuStatus[], nowMs: number, withProcesses: boolean): string {
  const processes = withProcesses ? gpus.flatMap(processLines) : [];
  return [
    dateText(nowMs).padEnd(31),
    RULE,
    `| NVIDIA-SMI ${DRIVER_VERSION.padEnd(22)} Driver Version: ${DRIVER_VERSION.padEnd(14)} CUDA Version: ${CUDA_VERSION.padEnd(8)} |`,
    COLUMNS,
    '| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |',
    '| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |',
    '|                                         |                        |               MIG M. |',
    `|${'='.repeat(41)}+${'='.repeat(24)}+${'='.repeat(22)}|`,
    ...gpus.flatMap((gpu) => [...gpuLines(gpu), COLUMNS]),
    '',
    RULE,
    '| Processes:                                                                              |',
    '|  GPU   GI   CI              PID   Type   Process name                        GPU Memory |',
    '|        ID   ID                                                               Usage      |',
    `|${'='.repeat(89)}|`,
    ...(processes.length > 0 ? processes : [`|  No running processes found${' '.repeat(61)}|`]),
    RULE,
    '',
  ].join('\n');
}

/** `Sat Nov 28 03:54:43 2026` */
function dateText(nowMs: number): string {
  const [day, date, month, year, time] = new Date(nowMs).toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${String(Number(date)).padStart(2)} ${time} ${year}`;
}

function gpuLines(gpu: GpuStatus): readonly string[] {
  const { index, name, address, temperatureC, performanceState, powerW, powerLimitW } = gpu;
  const memory = `${`${gpu.memoryUsedMib}MiB`.padStart(11)} / ${`${gpu.memoryTotalMib}MiB`.padStart(9)}`;
  const power = `${`${powerW}W`.padStart(16)} /${`${powerLimitW}W`.padStart(6)}`;
  const first = `| ${String(index).padStart(3)}  ${name.padEnd(31)}Off |   ${busId(address)} Off | ${(gpu.broken ? '1' : '0').padStart(20)} |`;
  if (gpu.broken) {
    return [
      first,
      `|ERR!  ERR! ERR!            ERR!  /  ERR! |${memory} |    ERR!         ERR! |`,
      `|${' '.repeat(41)}|${' '.repeat(24)}|                 ERR! |`,
    ];
  }
  const usage = `${gpu.utilization}%`.padStart(7);
  return [
    first,
    `| N/A   ${String(temperatureC).padStart(2)}C    ${performanceState}${power} |${memory} | ${usage}      Default |`,
    `|${' '.repeat(41)}|${' '.repeat(24)}|${'N/A'.padStart(21)} |`,
  ];
}

/** `00000000:01:00.0` */
export function busId(address: string): string {
  return `0000${address}`;
}

function processLines({ index, processes }: GpuStatus): readonly string[] {
  return processes.map(({ hostPid, name, memoryMib }) => {
    const head = `|${String(index).padStart(5)}   N/A  N/A${String(hostPid).padStart(16)}      C   `;
    return `${head}${name.slice(0, 34).padEnd(36)}${`${memoryMib}MiB`.padStart(10)} |`;
  });
}
