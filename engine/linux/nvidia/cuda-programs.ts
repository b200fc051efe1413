import type { Task } from '../../sim/index.ts';
import { serveHttp } from '../http.ts';
import { print, printError } from '../stdio.ts';
import type { Process, Program } from '../syscalls.ts';
import { type CudaDevice, CudaError, cudaDevices } from './cuda.ts';

// Programs that compute on GPUs.

/** The CUDA sample vectorAdd: https://github.com/NVIDIA/cuda-samples */
export const vectorAdd: Program = function* (process) {
  yield* print(process, '[Vector addition of 50000 elements]\n');
  try {
    const [device] = cudaDevices(process);
    device!.allocate(1);
    yield* print(process, 'Copy input data from the host memory to the CUDA device\n');
    yield* print(process, 'CUDA kernel launch with 196 blocks of 256 threads\n');
    yield* device!.run(2);
    yield* print(process, 'Copy output data from the CUDA device to the host memory\nTest PASSED\nDone\n');
    return 0;
  } catch (error) {
    if (!(error instanceof CudaError)) throw error;
    yield* printError(process, `Failed to allocate device vector A (error code ${error.message})!\n`);
    return 1;
  }
};

const TRAINER_USAGE =
  'usage: train [--epochs N] [--steps N] [--step-ms N] [--memory-mib N] [--checkpoint FILE]\n' +
  'Learns nothing, as fast as its GPUs allow: the steps of an epoch are shared among them.\n';

/** A training job: epochs of steps on all its GPUs, with a checkpoint from which it goes on when it is started again. */
export const train: Program = function* (process) {
  const options = readOptions(process, { epochs: 3, steps: 100, 'step-ms': 50, 'memory-mib': 4096, checkpoint: '' });
  if (options === undefined) return yield* usage(process, TRAINER_USAGE);
  const number = (name: string): number => Number(options[name]);
  const checkpoint = String(options['checkpoint']);
  try {
    const devices = cudaDevices(process);
    for (const device of devices) device.allocate(number('memory-mib'));
    const names = devices.map(({ gpu }) => `${gpu.name} (${gpu.uuid})`).join(', ');
    yield* print(process, `training on ${devices.length} GPU${devices.length === 1 ? '' : 's'}: ${names}\n`);
    const from = checkpoint !== '' && process.access(checkpoint, 'exists') ? Number(text(process, checkpoint)) : 0;
    if (from > 0) yield* print(process, `resuming after epoch ${from}\n`);
    for (let epoch = from + 1; epoch <= number('epochs'); epoch++) {
      const begun = process.now();
      yield* epochOn(devices, number('steps'), number('step-ms'));
      const seconds = (process.now() - begun) / 1000;
      const loss = (2.3 * Math.exp(-epoch / 2) + 0.05).toFixed(4);
      yield* print(process, `epoch ${epoch}/${number('epochs')} loss=${loss} time=${seconds.toFixed(1)}s\n`);
      if (checkpoint !== '') process.writeFile(checkpoint, `${epoch}\n`);
    }
    yield* print(process, 'done\n');
    return 0;
  } catch (error) {
    if (!(error instanceof CudaError)) throw error;
    yield* printError(process, `RuntimeError: CUDA error: ${error.message}\n`);
    return 1;
  }
};

/** Each step is shared: the devices work at the same time. */
function* epochOn(devices: readonly CudaDevice[], steps: number, stepMs: number): Task<void> {
  for (let step = 0; step < steps; step += 10) {
    const workMs = (Math.min(10, steps - step) * stepMs) / devices.length;
    for (const device of devices.slice(1)) device.start(workMs);
    yield* devices[0]!.run(workMs);
  }
}

const SERVER_USAGE = 'usage: serve [--port N] [--memory-mib N] [--work-ms N] [--model NAME]\n';

/** An inference server: GET /healthz, GET /v1/models, POST /v1/predict. */
export const serveModel: Program = function* (process) {
  const options = readOptions(process, { port: 8000, 'memory-mib': 6144, 'work-ms': 40, model: 'echo-1b' });
  if (options === undefined) return yield* usage(process, SERVER_USAGE);
  let device: CudaDevice;
  try {
    [device] = cudaDevices(process) as [CudaDevice];
    device.allocate(Number(options['memory-mib']));
  } catch (error) {
    if (!(error instanceof CudaError)) throw error;
    yield* printError(process, `RuntimeError: CUDA error: ${error.message}\n`);
    return 1;
  }
  const { uuid } = device.gpu;
  const model = String(options['model']);
  yield* print(process, `${model} is loaded on ${uuid}\nserving on port ${options['port']}\n`);
  let broken = false;
  yield* serveHttp(process, process.listen(Number(options['port'])), function* (request) {
    if (request.path === '/healthz') return { status: broken ? 503 : 200, body: broken ? 'CUDA error\n' : 'ok\n' };
    if (request.path === '/v1/models') return json(200, { data: [{ id: model, gpu: uuid }] });
    if (request.path !== '/v1/predict') return json(404, { error: 'not found' });
    if (request.method !== 'POST') return json(405, { error: 'POST it' });
    const begun = process.now();
    try {
      yield* device.run(Number(options['work-ms']));
    } catch (error) {
      if (!(error instanceof CudaError)) throw error;
      broken = true;
      return json(500, { error: `CUDA error: ${error.message}` });
    }
    const prompt = new TextDecoder().decode(request.body);
    return json(200, {
      model,
      gpu: uuid,
      output: prompt.toUpperCase(),
      milliseconds: Math.round(process.now() - begun),
    });
  });
  return 0;
};

function json(status: number, body: object) {
  return { status, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}

/** `--name value` or `--name=value` for each name of `defaults`; undefined for anything else. */
function readOptions(
  process: Process,
  defaults: Readonly<Record<string, number | string>>,
): Readonly<Record<string, number | string>> | undefined {
  const options: Record<string, number | string> = { ...defaults };
  const words = process.argv.slice(1).flatMap((word) => {
    const equals = word.indexOf('=');
    return equals < 0 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
  });
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at]!.replace(/^--/, '');
    const value = words[at + 1];
    if (!words[at]!.startsWith('--') || !Object.hasOwn(defaults, name) || value === undefined) return undefined;
    if (typeof defaults[name] === 'number' && !(Number(value) >= 0)) return undefined;
    options[name] = value;
  }
  return options;
}

function* usage(process: Process, help: string): Task<number> {
  yield* printError(process, help);
  return 2;
}

function text(process: Process, path: string): string {
  return new TextDecoder().decode(process.readFile(path)).trim();
}
