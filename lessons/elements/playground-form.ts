import type { ClusterOptions } from '@drydock/engine';
import { theBench } from './the-bench.ts';

const MAX_WORKERS = 30;

/** `<dd-playground>`: the form that says which cluster the playground is to have. */
export class PlaygroundForm extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector('form');
    form?.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#make(new FormData(form));
    });
  }

  async #make(form: FormData): Promise<void> {
    const { bench } = await theBench;
    await bench.startOver(optionsOf(form));
  }
}

function optionsOf(form: FormData): ClusterOptions {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const count = Math.min(MAX_WORKERS, Math.max(0, Math.floor(Number(text('workers')))));
  const gpus = Number(text('gpus'));
  const worker = { cpu: text('cpu'), memory: text('memory'), ...(gpus > 0 && { gpus }) };
  return {
    ...(text('seed') === '' ? {} : { seed: text('seed') }),
    workers: Array.from({ length: count }, (_, index) => ({ name: `node-${index + 1}`, ...worker })),
    ...(text('release') === '' ? {} : { kubernetesVersion: text('release') }),
    controlPlanes: Number(text('controlPlanes')) || 1,
    metricsServer: form.has('metricsServer'),
    storage: form.has('storage'),
    files: {},
  };
}
